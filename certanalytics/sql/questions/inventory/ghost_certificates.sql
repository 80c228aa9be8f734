-- One row is one valid certificate that a system is set up to serve and that no endpoint presents, soonest end first.
-- `looked_at` tells those whose name a look reached within freshness_days from those that may lie where nobody looked.
SELECT
    certificate,
    subject_cn,
    held_in,
    held_says,
    ghost_looked_at AS looked_at,
    stale,
    withdrawn,
    last_served,
    not_after,
    days_left,
    successor IS NOT NULL AS renewed,
    business_unit,
    criticality,
    owner,
    owner_email,
    owner_state
FROM inventory($as_of)
WHERE ghost AND validity = 'valid'
ORDER BY ghost_looked_at DESC, not_after, certificate
