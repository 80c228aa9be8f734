-- One row is one owner and the certificates in service that are theirs, most first.
-- `renewals_per_quarter` is what their lifetimes ask for: a certificate is renewed once renewal_life_left of its life is
-- left (short_renewal_life_left of one of up to short_lifetime_days), a quarter has 365.25 / 4 days; replaced ones are not
-- renewed. `without_dates` are those of which that cannot be told.
WITH life AS (
    SELECT
        *,
        (epoch_us(not_after) - epoch_us(not_before)) / 86400000000 AS life_days
    FROM inventory($as_of)
    WHERE in_service AND owner_state = 'owned'
),

paced AS (
    SELECT
        *,
        life_days * (
            1 - if(
                life_days <= (SELECT value FROM facts.threshold WHERE name = 'short_lifetime_days'),
                (SELECT value FROM facts.threshold WHERE name = 'short_renewal_life_left'),
                (SELECT value FROM facts.threshold WHERE name = 'renewal_life_left')
            )
        ) AS days_between
    FROM life
)

SELECT
    owner,
    owner_email,
    bool_and(owner_verified) AS verified,
    count(*) AS certificates,
    count(*) FILTER (WHERE critical) AS critical,
    count(DISTINCT service) AS services,
    count(*) FILTER (WHERE NOT ended AND NOT replaced AND days_left <= 90) AS ends_in_90,
    coalesce(sum(365.25 / 4 / nullif(greatest(days_between, 0), 0)) FILTER (WHERE NOT replaced), 0)::DOUBLE
        AS renewals_per_quarter,
    count(*) FILTER (WHERE days_between IS NULL) AS without_dates
FROM paced
GROUP BY owner, owner_email
ORDER BY certificates DESC, owner, owner_email
