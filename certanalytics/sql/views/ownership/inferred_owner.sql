-- One row is one party that evidence says may own a certificate in service for which none is stated, and how probable.
-- Log-odds of independent evidence add to those of the prior; of evidence in one family (names, place, request) only the
-- strongest counts, for what shares a name shares its domain. Candidates exclude one another: the probability is
-- e^L / (1 + Σ e^L) over all of them, which for a single one is the logistic function of L. A stated owner is never
-- overwritten: those certificates are not asked about, but in the rows with `hiding`, which only test the evidence.
WITH strongest AS (
    SELECT *
    FROM owner_evidence($as_of)
    QUALIFY row_number() OVER (PARTITION BY certificate, hiding, party, family ORDER BY weight DESC, kind) = 1
),

scored AS (
    SELECT
        certificate,
        hiding,
        party,
        sum(weight ORDER BY family)
        + (SELECT weight FROM facts.ownership_evidence WHERE kind = 'prior') AS log_odds,
        list_sort(list(kind)) AS kinds,
        list(
            kind || ': ' || array_to_string(common, ', ')
            || if(certificates IS NULL, '', ' (' || certificates || if(certificates = 1, ' certificate)', ' certificates)'))
            ORDER BY weight DESC, kind
        ) AS evidence
    FROM strongest
    GROUP BY certificate, hiding, party
)

SELECT
    certificate,
    hiding,
    party,
    log_odds,
    kinds,
    evidence,
    exp(log_odds) / nullif(1 + sum(exp(log_odds)) OVER everybody, 0) AS probability
FROM scored
WINDOW
    everybody AS (
        PARTITION BY certificate, hiding
        ORDER BY party
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
