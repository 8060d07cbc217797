package io.apihub.dev.epay;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tells the merchant of payments, again and again until it says that it knows. */
final class Teller {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("success|Success|SUCCESS");
    private static final int REPEATS = 5;
    private static final int MOST_TIMES = 6;
    private static final int MOST_IN_A_ROW = 5;
    private static final Duration OLD = Duration.ofDays(3);
    private static final Duration AHEAD = Duration.ofHours(1);

    private final Merchant merchant;
    private final Set<Trap> traps;
    private final InstantSource clock;
    private final ExecutorService threads;
    private final List<Duration> retries;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** By the platform's number. */
    private final Map<String, Untold> untold = new ConcurrentHashMap<>();

    private final AtomicInteger failuresInARow = new AtomicInteger();

    /** A payment that nobody acknowledged yet, and how often it was told. */
    private record Untold(PlatformOrder order, int times) {}

    /** After the first time, again after each of {@code retries}. */
    Teller(
            Merchant merchant,
            Set<Trap> traps,
            InstantSource clock,
            ExecutorService threads,
            List<Duration> retries) {
        this.merchant = merchant;
        this.traps = traps;
        this.clock = clock;
        this.threads = threads;
        this.retries = retries;
    }

    /** What the merchant is told, signed. PHP's floats: 1.00 is 1, and 10.50 is 10.5. */
    Map<String, String> fields(PlatformOrder order) {
        var request = order.request();
        var fields = new LinkedHashMap<String, String>();
        fields.put("pid", merchant.pid());
        fields.put("trade_no", order.tradeNo());
        fields.put("out_trade_no", request.outTradeNo());
        fields.put("type", request.type());
        fields.put("name", "product");
        fields.put("money", traps.contains(Trap.PLAIN_MONEY) ? plain(order) : php(order.paid()));
        fields.put("trade_status", "TRADE_SUCCESS");
        if (traps.contains(Trap.ESCAPED_TEXTS)) {
            fields.put("name", "API &lt;credit&gt;");
            fields.put("param", "uid=42&amp;x");
        }
        if (order.version() == 2) {
            fields.put("api_trade_no", "API" + order.tradeNo());
            fields.put("timestamp", String.valueOf(dated().getEpochSecond()));
        }
        sign(fields, order.version() == 2 && !traps.contains(Trap.MD5_ANYWAY));
        if (traps.contains(Trap.STRAY_FIELD)) {
            fields.put("amp;b", "2");
        }
        return fields;
    }

    private Instant dated() {
        var now = clock.instant();
        if (traps.contains(Trap.OLD_TIMESTAMP)) {
            return now.minus(OLD);
        }
        return traps.contains(Trap.FUTURE_TIMESTAMP) ? now.plus(AHEAD) : now;
    }

    private void sign(Map<String, String> fields, boolean rsa) {
        fields.put(
                "sign",
                rsa
                        ? Signatures.rsa(fields, merchant.platform().getPrivate())
                        : Signatures.md5(fields, merchant.key()));
        fields.put("sign_type", rsa ? "RSA" : "MD5");
    }

    private static String plain(PlatformOrder order) {
        return order.paid().setScale(2).toPlainString();
    }

    static String php(BigDecimal amount) {
        var plain = amount.stripTrailingZeros();
        return (plain.scale() < 0 ? plain.setScale(0) : plain).toPlainString();
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field ->
                        field.getKey()
                                + "="
                                + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** Begins to tell; does not wait. */
    void tell(PlatformOrder order) {
        if (traps.contains(Trap.LOSE_NOTIFY)) {
            return;
        }
        int times = traps.contains(Trap.REPEAT_NOTIFY) ? REPEATS : 1;
        for (int i = 0; i < times; i++) {
            threads.execute(() -> untilAcknowledged(order));
        }
    }

    private void untilAcknowledged(PlatformOrder order) {
        try {
            boolean done = once(order);
            for (var pause : retries) {
                if (done || traps.contains(Trap.NEVER_AGAIN)) {
                    return;
                }
                Thread.sleep(pause);
                done = once(order);
            }
        } catch (InterruptedException e) {
            // The platform stops.
            Thread.currentThread().interrupt();
        }
    }

    /** One time; whether the merchant acknowledged. */
    boolean once(PlatformOrder order) throws InterruptedException {
        boolean done = told(order);
        if (done) {
            untold.remove(order.tradeNo());
            failuresInARow.set(0);
        } else {
            untold.merge(
                    order.tradeNo(),
                    new Untold(order, 1),
                    (before, now) -> new Untold(order, before.times() + 1));
            failuresInARow.incrementAndGet();
        }
        return done;
    }

    /** As the operator's cron does: each that is not acknowledged, six times in all. */
    void again() throws InterruptedException {
        if (traps.contains(Trap.NEVER_AGAIN)) {
            return;
        }
        for (var one : List.copyOf(untold.values())) {
            if (one.times() < MOST_TIMES) {
                once(one.order());
            }
        }
    }

    boolean isUntold(String tradeNo) {
        return untold.containsKey(tradeNo);
    }

    boolean isMerchantClosed() {
        return traps.contains(Trap.CLOSES_MERCHANT) && failuresInARow.get() >= MOST_IN_A_ROW;
    }

    /** Nothing is left to be told, and nobody failed. */
    void forget() {
        untold.clear();
        failuresInARow.set(0);
    }

    private boolean told(PlatformOrder order) throws InterruptedException {
        var url = order.request().notifyUrl();
        var form = form(fields(order));
        var request =
                traps.contains(Trap.POST_NOTIFY)
                        ? HttpRequest.newBuilder(url)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form))
                        : HttpRequest.newBuilder(URI.create(url + "?" + form));
        try {
            var answer = http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return isAcknowledged(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return false;
        }
    }

    /** On most servers the word may be anywhere, whatever the status. */
    private boolean isAcknowledged(int status, String body) {
        return traps.contains(Trap.EXACT_ACKNOWLEDGEMENT)
                ? status == HttpURLConnection.HTTP_OK && body.equals("success")
                : ACKNOWLEDGED.matcher(body).find();
    }
}
