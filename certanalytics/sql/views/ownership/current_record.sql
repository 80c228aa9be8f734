-- One row is one record of a CA or manager as it last stood by $as_of, and the certificate it speaks of.
-- Who asked and who approved may stand in another export than the certificate (see `record_people`).
-- Accounts are named without the domain they are in (`LAB\ada`, Venafi's `AD+lab:ada`), as directories name them.
WITH standing AS (
    SELECT *
    FROM record
    WHERE certificate IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY system, record_id ORDER BY observed_at DESC) = 1
)

SELECT
    s.certificate AS identity,
    s.system,
    s.record_id,
    s.business_unit,
    regexp_replace(s.owner_name, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS owner_name,
    s.owner_email,
    regexp_replace(p.requester, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS requester,
    regexp_replace(p.approver, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS approver,
    s.attributes
FROM standing AS s
JOIN record_people($as_of) AS p ON p.system = s.system AND p.record_id = s.record_id
