-- One row is one record of a CA or manager as it last stood by $as_of, and the certificate it speaks of.
-- Accounts are named without the domain they are in (`LAB\ada`, Venafi's `AD+lab:ada`), as directories name them.
SELECT
    certificate AS identity,
    system,
    record_id,
    business_unit,
    regexp_replace(owner_name, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS owner_name,
    owner_email,
    regexp_replace(requester, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS requester,
    regexp_replace(approver, '(^|, )(?:AD\+[^:,]+:|[\w.-]+\\)', '\1', 'g') AS approver,
    attributes
FROM record
WHERE certificate IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
QUALIFY rank() OVER (PARTITION BY system, record_id ORDER BY observed_at DESC) = 1
