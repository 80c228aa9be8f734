-- One row is one certificate and the one that followed it, by which rule, and the Jaccard index of their names.
-- B follows A if it has the same names, else at least half of all their names in common and the same common name;
-- it begins later than A, at most succession_overlap_days after A's end. The earliest such B counts; of several
-- issued at once, one with A's key algorithm. What is known neither by fingerprint nor by serial number is left out:
-- it may be another word for a certificate that is known.
WITH issued AS MATERIALIZED (
    SELECT
        certificate,
        names,
        hash(names) AS name_set,
        common_name,
        key_algorithm,
        not_before,
        not_after
        + to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'succession_overlap_days')) AS latest
    FROM end_entity($as_of)
    WHERE len(names) > 0 AND not_before IS NOT NULL AND not_after IS NOT NULL AND NOT starts_with(certificate, 'text:')
),

same_names AS (
    SELECT
        a.certificate,
        coalesce(min(b.certificate) FILTER (WHERE b.key_algorithm = a.key_algorithm), min(b.certificate)) AS successor
    FROM issued AS a
    ASOF JOIN (SELECT DISTINCT name_set, not_before FROM issued) AS n
        ON n.name_set = a.name_set AND a.not_before < n.not_before
    JOIN issued AS b ON b.name_set = n.name_set AND b.not_before = n.not_before
    WHERE n.not_before <= a.latest
    GROUP BY a.certificate
),

-- Many customers of one provider can share a common name; comparing all their names would say nothing and never end.
name_sets AS MATERIALIZED (
    SELECT common_name, name_set, any_value(names) AS names
    FROM issued
    WHERE common_name IS NOT NULL
    GROUP BY common_name, name_set
    QUALIFY
        count(*) OVER (PARTITION BY common_name)
        BETWEEN 2 AND (SELECT value FROM facts.threshold WHERE name = 'succession_name_sets')
),

alike AS (
    SELECT common_name, name_set, next_set, score
    FROM (
        SELECT
            a.common_name,
            a.name_set,
            b.name_set AS next_set,
            len(list_intersect(a.names, b.names))
            / nullif(len(list_distinct(list_concat(a.names, b.names))), 0) AS score
        FROM name_sets AS a
        JOIN name_sets AS b ON b.common_name = a.common_name AND b.name_set <> a.name_set
    )
    WHERE score >= (SELECT value FROM facts.threshold WHERE name = 'succession_similarity')
),

next_alike AS MATERIALIZED (
    SELECT l.common_name, l.name_set, l.score, b.not_before, b.certificate, b.key_algorithm
    FROM alike AS l
    JOIN issued AS b ON b.common_name = l.common_name AND b.name_set = l.next_set
),

similar_names AS (
    SELECT
        a.certificate,
        coalesce(min(b.certificate) FILTER (WHERE b.key_algorithm = a.key_algorithm), min(b.certificate)) AS successor,
        coalesce(
            arg_min(b.score, b.certificate) FILTER (WHERE b.key_algorithm = a.key_algorithm),
            arg_min(b.score, b.certificate)
        ) AS score
    FROM issued AS a
    ASOF JOIN (SELECT DISTINCT common_name, name_set, not_before FROM next_alike) AS n
        ON n.common_name = a.common_name AND n.name_set = a.name_set AND a.not_before < n.not_before
    JOIN next_alike AS b
        ON b.common_name = n.common_name AND b.name_set = n.name_set AND b.not_before = n.not_before
    WHERE n.not_before <= a.latest AND a.certificate NOT IN (SELECT certificate FROM same_names)
    GROUP BY a.certificate
)

SELECT certificate, successor, 'same names' AS rule, 1.0::DOUBLE AS score FROM same_names
UNION ALL
SELECT certificate, successor, 'similar names', score FROM similar_names
