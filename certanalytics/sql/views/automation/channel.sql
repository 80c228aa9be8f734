-- One row is one certificate of which a record tells by which channel it was obtained (facts.issuance_channel).
-- Of several records the one closest to the server counts: the client that asked before the CA that was asked.
SELECT m.certificate, arg_max(f.channel, f.precedence) AS channel
FROM management($as_of) AS m
JOIN facts.issuance_channel AS f
    ON
    f.system = m.system
    AND (f.attribute IS NULL OR lower(json_extract_string(m.attributes, f.attribute)) LIKE f.value)
GROUP BY m.certificate
