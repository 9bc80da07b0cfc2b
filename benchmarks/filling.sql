-- A large base: the first devices are lent to the first pupils; older loans were returned. Words and hashes are cheap.
INSERT INTO school (uai, name, kind, address, postcode, commune, phone, email, search_key, sort_key)
SELECT printf('069%04dA', n), 'Collège ' || n, 'Collège', '', '69100', 'Villeurbanne', '', '',
       printf(' college %d 069%04da villeurbanne', n, n), 'college ' || n
FROM number WHERE n <= 600;

WITH made (n, family, given, class) AS MATERIALIZED
  (SELECT n, family_name(n), given_name(n), printf('%de %s', 3 + n % 4, substr('ABCDEF', 1 + n % 6, 1)) FROM number
   WHERE n <= :pupils)
INSERT INTO pupil (ine, school_id, family_name, usage_name, given_name, class_name, level, search_key, sort_key)
SELECT printf('%09dAB', n), 1 + n % 600, family, '', given, class, substr(class, 1, 2),
       lower(printf(' %s %s %s', family, given, class)), lower(printf('%s %s', family, given))
FROM made;

INSERT INTO device_model (kind, maker, name, gtin, features, kit)
SELECT 'tablet', 'Samsung', 'Galaxy Tab A' || (7 + n), '', '[]', '["Chargeur", "Housse"]' FROM number WHERE n <= 5;

WITH made (n, tag) AS MATERIALIZED (SELECT n, asset_tag(n) FROM number WHERE n <= :devices)
INSERT INTO device (tag, serial, imei, iccid, phone_line, model_id, price_cents, state, place, depot, school_id,
                    condition, missing_kit, search_key)
SELECT tag, printf('R52M%07d', n), printf('3568680%08d', n), '', '', 1 + n % 5, 17059,
       iif(n <= :out, 'on_loan', 'ready'), iif(n <= :out, 'pupil', 'depot'), '', iif(n % 3 = 0, 1 + n % 600, NULL),
       'good', '[]',
       printf(' %s %s r52m%07d %04d 3568680%08d', replace(lower(tag), '-', ' '), replace(lower(tag), '-', ''), n,
              n % 10000, n)
FROM made;

INSERT INTO campaign (name, status, due_on, created_at) VALUES ('Continuité', 'open', '2099-07-03', 0);

INSERT INTO loan (number, device_id, pupil_id, campaign_id, kind, state, opened_at, due_on, closed_at, received_by,
                  condition_in, missing_kit)
SELECT printf('19-S%02d-%06d', n % 20, n), iif(n <= :out, n, 1 + n * 7919 % :devices),
       iif(n <= :out, n, 1 + n * 104729 % :pupils), 1, 'tablet', iif(n <= :out, 'open', 'returned'), n, '2099-07-03',
       iif(n <= :out, NULL, n), 'pupil', NULL, '[]'
FROM number WHERE n <= :loans;

INSERT INTO station (code, machine, sequence, head, loan_year, loan_counter)
SELECT printf('S%02d', n % 20), printf('S%02d', n % 20), :lines / 20 + 1, '', 2019, 0
FROM number WHERE n <= 20;

INSERT INTO ledger_line (id, station, sequence, recorded_at, effective_at, actor, action, undoes, digest, previous_hash,
                         hash)
SELECT line_id(n), printf('S%02d', n % 20), n / 20 + 1, n, n, 'Bench', 'checked_out', NULL,
       lower(hex(randomblob(32))), lower(hex(randomblob(32))), lower(hex(randomblob(32)))
FROM number WHERE n <= :lines;

INSERT INTO ledger_facts (line_id, salt, facts)
SELECT line_id(n), lower(hex(randomblob(16))),
       printf('{"changes":[["loan",%d,null,{"state":"open"}],["device",%d,{"place":"depot","state":"ready"},'
              || '{"place":"pupil","state":"on_loan"}]]}', n, n)
FROM number WHERE n <= :lines;

INSERT INTO ledger_subject (kind, subject_id, line_id)
SELECT 'device', 1 + n * 7919 % :devices AS about, line_id(n) FROM number WHERE n <= :lines ORDER BY about, n;

INSERT INTO ledger_subject (kind, subject_id, line_id)
SELECT 'loan', 1 + n % :loans AS about, line_id(n) FROM number WHERE n <= :lines ORDER BY about, n;

INSERT INTO ledger_subject (kind, subject_id, line_id)
SELECT 'pupil', 1 + n * 104729 % :pupils AS about, line_id(n) FROM number WHERE n <= :lines ORDER BY about, n
