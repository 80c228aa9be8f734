-- One row is one certificate of which a record says how the CA validates control of its domains.
-- `dcv_automatable` tells whether that can be done without a person (facts.dcv_method); of several records that differ
-- the one that needs a person counts.
SELECT
    m.certificate,
    bool_and(f.automatable) AS dcv_automatable,
    list_sort(list(DISTINCT f.says || ' (' || m.system || ')')) AS dcv_said_by
FROM management($as_of) AS m
JOIN facts.dcv_method AS f
    ON f.system = m.system AND lower(json_extract_string(m.attributes, f.attribute)) LIKE f.value
GROUP BY m.certificate
