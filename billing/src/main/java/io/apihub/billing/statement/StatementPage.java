package io.apihub.billing.statement;

import static io.apihub.billing.statement.Html.number;
import static io.apihub.billing.statement.Html.text;

import io.apihub.billing.ledger.LedgerHistory.Movement;
import io.apihub.billing.ledger.LedgerSpans;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** A statement as a page to print: one answer, no scripts, nothing loaded from anywhere. */
@Component
class StatementPage {

    /** Of postings one by one; who has more reads the CSV. */
    private static final int MOST_POSTINGS = 500;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");
    private static final String STYLE = style();
    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-"
                    + sha256(STYLE)
                    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final LedgerSpans spans;
    private final String currency;

    StatementPage(LedgerSpans spans, Settings settings) {
        this.spans = spans;
        this.currency = settings.currency();
    }

    private static String style() {
        try (var stream = StatementPage.class.getResourceAsStream("statement.css")) {
            if (stream == null) {
                throw new IllegalStateException("statement.css is not in the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    ResponseEntity<String> answer(Statement statement, Words words) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .header("Content-Security-Policy", POLICY)
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store")
                .body(html(statement, words));
    }

    private String html(Statement statement, Words words) {
        var title =
                words.get("title") + " " + statement.month() + " - " + statement.tenant().name();
        var html =
                new Html()
                        .raw("<!doctype html>\n<html lang=\"" + words.lang() + "\"><head>\n")
                        .raw("<meta charset=\"utf-8\">\n")
                        .raw("<meta name=\"viewport\" content=\"width=device-width\">\n")
                        .element("title", title)
                        .raw("<style>" + STYLE + "</style></head><body>\n");
        heading(html, statement, words);
        summary(html, statement, words);
        models(html, statement, words);
        postings(html, statement, words);
        var zone = statement.month().zone();
        return html.note(words.get("drawn").replace("{0}", time(statement.span().readAt(), zone)))
                .raw("</body></html>\n")
                .toString();
    }

    private void heading(Html html, Statement statement, Words words) {
        html.element("h1", words.get("title") + " " + statement.month());
        html.raw("<dl>");
        html.element("dt", words.get("tenant")).element("dd", statement.tenant().name());
        html.element("dt", words.get("month")).element("dd", statement.month().toString());
        html.element("dt", words.get("timeZone")).element("dd", statement.month().zone().getId());
        html.element("dt", words.get("currency")).element("dd", currency).raw("</dl>\n");
        if (!statement.span().isFinal()) {
            html.note(words.get("running"));
        }
    }

    private static void summary(Html html, Statement statement, Words words) {
        var span = statement.span();
        html.element("h2", words.get("summary"))
                .head(
                        text(words.get("position")),
                        number(words.get("count")),
                        number(words.get("amount")))
                .sum(text(words.get("opening")), number(""), number(money(span.opening())));
        for (var kind : span.kinds()) {
            html.row(
                    text(words.get(kind.kind().wireName())),
                    number(String.valueOf(kind.transactions())),
                    number(money(kind.amount())));
        }
        html.sum(text(words.get("closing")), number(""), number(money(span.closing())))
                .endOfTable();
    }

    private static void models(Html html, Statement statement, Words words) {
        html.element("h2", words.get("models"));
        if (statement.byModel().isEmpty()) {
            html.note(words.get("none"));
            return;
        }
        html.head(
                text(words.get("model")),
                number(words.get("requests")),
                number(words.get("charged")));
        for (var model : statement.byModel()) {
            html.row(
                    text(model.model().isEmpty() ? words.get("other") : model.model()),
                    number(String.valueOf(model.requests())),
                    number(money(model.charged())));
        }
        html.sum(text(words.get("total")), number(""), number(money(statement.charged())))
                .endOfTable();
    }

    private void postings(Html html, Statement statement, Words words) {
        var movements =
                spans.movements(statement.account(), statement.span(), 0, false, MOST_POSTINGS + 1);
        html.element("h2", words.get("postings"));
        if (movements.isEmpty()) {
            html.note(words.get("none"));
            return;
        }
        html.head(
                text(words.get("time")),
                text(words.get("kind")),
                text(words.get("reference")),
                text(words.get("reason")),
                number(words.get("amount")));
        var zone = statement.month().zone();
        shown(movements)
                .forEach(movement ->
                        html.row(
                                text(time(movement.createdAt(), zone)),
                                text(words.get(movement.kind().wireName())),
                                text(movement.reference()),
                                text(movement.reason()),
                                number(money(movement.amount()))));
        html.endOfTable();
        if (movements.size() > MOST_POSTINGS) {
            html.note(words.get("more").replace("{0}", String.valueOf(MOST_POSTINGS)));
        }
    }

    private static List<Movement> shown(List<Movement> movements) {
        return movements.subList(0, Math.min(MOST_POSTINGS, movements.size()));
    }

    private static String time(Instant instant, ZoneId zone) {
        return TIME.format(instant.atZone(zone));
    }

    /** With two decimals at least, as people write amounts; never rounded. */
    private static String money(Credits amount) {
        var exact = new BigDecimal(amount.toDecimal());
        return exact.setScale(Math.max(2, exact.scale())).toPlainString();
    }
}
