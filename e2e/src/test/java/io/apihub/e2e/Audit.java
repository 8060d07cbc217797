package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import io.apihub.e2e.Books.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares three books of one customer: what the model server says it served, the usage rows, and
 * the ledger. Shares no code with the product, whose arithmetic it repeats by hand.
 *
 * <p>A request that went straight to the model server is known there by its request id. CLIProxyAPI
 * passes none on, so what it asked for is known by its size, which no other request has; what it
 * asked for and nobody measured can only be counted.
 */
final class Audit {

    private final Books books;
    private final List<Served> served;
    private final List<String> wrong = new ArrayList<>();
    private int exact;
    private int flagged;
    private int voided;

    /**
     * Compares.
     *
     * @param served what the model server served to this customer
     * @param granted micro-units that the customer was ever given
     */
    Audit(Books books, List<Served> served, long granted) {
        this.books = books;
        this.served = List.copyOf(served);
        rows();
        direct();
        proxied();
        money(granted);
    }

    private record Size(long input, long output) {}

    /** What does not fit; empty if all books agree. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Rows that the upstream did not count and that cost something. */
    int flagged() {
        return flagged;
    }

    /** The figures, for people. */
    @Override
    public String toString() {
        return "%d served, %d rows: %d measured, all equal; %d estimated; %d voided; spent %d, left %d; %d wrong"
                .formatted(
                        served.size(),
                        books.rows().size(),
                        exact,
                        flagged,
                        voided,
                        cost(),
                        books.balance(),
                        wrong.size());
    }

    private void check(boolean holds, String otherwise, Object... about) {
        if (!holds) {
            wrong.add(otherwise + ": " + List.of(about));
        }
    }

    private static boolean isMeasured(Row row) {
        return row.outcome().equals("measured");
    }

    private static boolean isVoided(Row row) {
        return row.cost() == 0 && !isMeasured(row);
    }

    private void rows() {
        Set<String> requests = new HashSet<>();
        for (Row row : books.rows()) {
            check(requests.add(row.requestId()), "two rows of one request", row);
            check(row.overage() == 0, "overage", row);
            if (isMeasured(row)) {
                exact++;
                check(!row.estimated(), "measured and estimated", row);
                long cost = Prices.cost(row.input(), row.cached(), row.output());
                check(row.cost() == cost, "the cost is another", cost, row);
            } else if (isVoided(row)) {
                voided++;
            } else {
                flagged++;
                check(row.estimated(), "neither measured nor flagged", row);
                check(row.cost() <= row.held(), "an estimate above its hold", row);
            }
        }
    }

    /** Every request served has its row, and every measured row was served. */
    private void direct() {
        Map<String, Row> byRequest = new HashMap<>();
        for (Row row : books.rows()) {
            if (row.model().equals(Product.DIRECT)) {
                byRequest.put(row.requestId(), row);
            }
        }
        for (Served one : served) {
            String id = one.receivedHeaders().getOrDefault("x-request-id", "");
            if (!one.model().equals(Product.DIRECT)) {
                continue;
            }
            Row row = byRequest.remove(id);
            check(row != null, "no row, or served twice", one);
            if (row != null) {
                compare(one, row);
            }
        }
        for (Row row : byRequest.values()) {
            check(!isMeasured(row), "measured, but never served", row);
        }
    }

    private void compare(Served one, Row row) {
        if (isMeasured(row) && one.completed()) {
            check(
                    row.input() == one.inputTokens()
                            && row.cached() == one.cachedTokens()
                            && row.output() == one.outputTokens(),
                    "measured otherwise than served",
                    one,
                    row);
        } else if (isMeasured(row)) {
            // Gemini tells the usage so far with each event, so a stream cut off can be measured.
            check(row.output() <= one.outputTokens(), "measured otherwise than served", one, row);
        } else if (one.completed()) {
            check(!isVoided(row), "given away", row, one);
        }
    }

    private void proxied() {
        Map<Size, Served> bySize = new HashMap<>();
        int all = 0;
        for (Served one : served) {
            if (!one.model().equals(Product.DIRECT)) {
                all++;
                bySize.put(new Size(one.inputTokens(), one.outputTokens()), one);
            }
        }
        int rows = 0;
        for (Row row : books.rows()) {
            if (row.model().equals(Product.MODEL)) {
                rows++;
                check(
                        !isMeasured(row)
                                || bySize.remove(new Size(row.input(), row.output())) != null,
                        "measured twice, or never served",
                        row);
            }
        }
        check(all <= rows, "CLIProxyAPI was served more often than there are rows", all, rows);
    }

    private long cost() {
        return books.rows().stream().mapToLong(Row::cost).sum();
    }

    private void money(long granted) {
        long moved = books.moved().values().stream().mapToLong(Long::longValue).sum();
        long used = moved - books.moved().getOrDefault("grant", 0L);
        check(-used == cost(), "ledger and rows", -used, cost());
        check(moved == books.balance(), "entries and balance", moved, books.balance());
        check(books.balance() == granted - cost(), "balance", books.balance());
        check(books.balance() >= 0, "overspent", books.balance());
        check(books.leased() <= books.balance(), "leased, but not covered", books.leased());
        check(
                books.leased() == books.open(),
                "leased and open in leases",
                books.leased(),
                books.open());
        check(books.rejected() == 0, "rejected records", books.rejected());
        check(books.unbalanced() == 0, "transactions that do not sum to 0", books.unbalanced());
        check(books.overspent() == 0, "overspent limits", books.overspent());
    }
}
