-- One row is how many endpoints present how many certificates, and how many endpoints one certificate has.
-- An endpoint that presents two certificates (RSA and ECDSA) is one endpoint.
SELECT
    (
        SELECT count(DISTINCT p.endpoint)
        FROM presented($as_of) AS p
        WHERE p.certificate IN (SELECT certificate FROM inventory($as_of))
    ) AS endpoints,
    count(*) AS in_service,
    quantile_disc(endpoints, 0.95) AS p95,
    max(endpoints) AS most
FROM inventory($as_of)
WHERE in_service
ORDER BY in_service
