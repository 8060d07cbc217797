package io.apihub.billing.ledger;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Double entry, append-only, exact. That entries sum to zero, that nothing is edited and that a
 * balance is the sum of its entries is held by the database; this class only posts.
 */
@Component
public class Ledger implements Book {

    private final JdbcTemplate jdbc;
    private final Accounts accounts;
    private final ApplicationEventPublisher events;

    Ledger(JdbcTemplate jdbc, Accounts accounts, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.accounts = accounts;
        this.events = events;
    }

    @Override
    public long number(PlatformAccount account) {
        return accounts.id(account);
    }

    /** Posts one transaction; see {@link #post(List)}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Posted post(Posting posting) {
        return post(List.of(posting)).getFirst();
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Posted> post(List<Posting> postings) {
        if (postings.isEmpty()) {
            return List.of();
        }
        var fresh = insert(postings);
        var known = fresh.size() < postings.size() ? known(postings, fresh.keySet()) : fresh;
        return postings.stream().map(posting -> posted(posting, fresh, known)).toList();
    }

    /**
     * All in one statement. Accounts come before references in the order of locks, whoever posts;
     * counting them makes sure that they were locked before anything is written.
     */
    private static final String INSERT =
            "WITH postings AS (SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[],"
                    + " ?::text[]) AS p (kind, reference, memo, actor, reason)),"
                    + " entries AS (SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[])"
                    + " AS e (reference, account_id, amount_micros)),"
                    + " accounts AS (SELECT FROM billing.account WHERE account_id = ANY (?)"
                    + " AND tenant_id IS NOT NULL ORDER BY account_id FOR NO KEY UPDATE),"
                    + " fresh AS (INSERT INTO billing.ledger_transaction (kind, reference, memo,"
                    + " actor, reason) SELECT * FROM postings"
                    + " WHERE (SELECT count(*) FROM accounts) >= 0 ORDER BY reference"
                    + " ON CONFLICT (reference) DO NOTHING RETURNING reference, transaction_id),"
                    + " lines AS (INSERT INTO billing.ledger_entry (transaction_id, account_id,"
                    + " amount_micros) SELECT transaction_id, account_id, amount_micros"
                    + " FROM fresh JOIN entries USING (reference))"
                    + " SELECT reference, transaction_id FROM fresh";

    /** The ids of what was not posted before. */
    private Map<String, Long> insert(List<Posting> postings) {
        var fresh = new HashMap<String, Long>();
        var references = new ArrayList<String>();
        var entries = new ArrayList<Entry>();
        for (var posting : postings) {
            for (var entry : posting.entries()) {
                references.add(posting.reference());
                entries.add(entry);
            }
        }
        var accountIds = entries.stream().map(Entry::accountId).toArray(Long[]::new);
        try {
            jdbc.query(
                    INSERT,
                    row -> {
                        fresh.put(row.getString(1), row.getLong(2));
                    },
                    column(postings, posting -> posting.kind().wireName()),
                    column(postings, Posting::reference),
                    column(postings, Posting::memo),
                    column(postings, Posting::actor),
                    column(postings, Posting::reason),
                    references.toArray(String[]::new),
                    accountIds,
                    entries.stream().map(entry -> entry.amount().micros()).toArray(Long[]::new),
                    accountIds);
        } catch (DataIntegrityViolationException e) {
            throw isNotCovered(e) ? new NotCovered(e) : e;
        }
        announce(postings, fresh.keySet());
        return fresh;
    }

    private void announce(List<Posting> postings, Set<String> fresh) {
        var moved =
                postings.stream()
                        .filter(posting -> fresh.contains(posting.reference()))
                        .flatMap(posting -> posting.entries().stream())
                        .map(Entry::accountId)
                        .collect(Collectors.toSet());
        if (!moved.isEmpty()) {
            events.publishEvent(new AccountsMoved(moved));
        }
    }

    @Override
    public Map<String, Credits> moved(long account, Collection<String> references) {
        var moved = new HashMap<String, Credits>();
        jdbc.query(
                "SELECT reference, amount_micros FROM billing.ledger_transaction"
                        + " JOIN billing.ledger_entry USING (transaction_id)"
                        + " WHERE reference = ANY (?) AND account_id = ?",
                row -> {
                    moved.put(row.getString(1), new Credits(row.getLong(2)));
                },
                references.toArray(String[]::new),
                account);
        return moved;
    }

    private static Object column(List<Posting> postings, Function<Posting, String> value) {
        return postings.stream().map(value).toArray(String[]::new);
    }

    private static boolean isNotCovered(DataIntegrityViolationException failure) {
        var message =
                failure.getMostSpecificCause() instanceof PSQLException cause
                        ? cause.getServerErrorMessage()
                        : null;
        return message != null && "account_covered".equals(message.getConstraint());
    }

    /** The ids of references that were posted before, their entries compared. */
    private Map<String, Long> known(List<Posting> postings, Set<String> fresh) {
        var ids = new HashMap<String, Long>();
        for (var posting : postings) {
            if (!fresh.contains(posting.reference())) {
                ids.put(posting.reference(), sameAsBefore(posting));
            }
        }
        return ids;
    }

    private long sameAsBefore(Posting posting) {
        var entries = new HashSet<Entry>();
        var id = new long[1];
        jdbc.query(
                "SELECT transaction_id, account_id, amount_micros FROM billing.ledger_entry"
                        + " JOIN billing.ledger_transaction USING (transaction_id)"
                        + " WHERE reference = ?",
                row -> {
                    id[0] = row.getLong(1);
                    entries.add(new Entry(row.getLong(2), new Credits(row.getLong(3))));
                },
                posting.reference());
        if (!entries.equals(Set.copyOf(posting.entries()))) {
            throw new ReferenceReused(posting.reference());
        }
        return id[0];
    }

    private static Posted posted(
            Posting posting, Map<String, Long> fresh, Map<String, Long> known) {
        var id = fresh.get(posting.reference());
        if (id != null) {
            return new Posted(id, posting.reference(), true);
        }
        var before = known.get(posting.reference());
        if (before == null) {
            throw new IllegalStateException("neither new nor known: " + posting.reference());
        }
        return new Posted(before, posting.reference(), false);
    }
}
