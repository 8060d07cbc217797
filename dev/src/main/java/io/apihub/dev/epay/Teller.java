package io.apihub.dev.epay;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/** Tells the merchant of payments, again and again until it says that it knows. */
final class Teller {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int REPEATS = 5;

    private final Merchant merchant;
    private final Set<Trap> traps;
    private final InstantSource clock;
    private final ExecutorService threads;
    private final List<Duration> retries;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

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
        fields.put("money", php(order.paid()));
        fields.put("trade_status", "TRADE_SUCCESS");
        if (order.version() == 2) {
            fields.put("api_trade_no", "API" + order.tradeNo());
            fields.put("timestamp", String.valueOf(clock.instant().getEpochSecond()));
            fields.put("sign", Signatures.rsa(fields, merchant.platform().getPrivate()));
            fields.put("sign_type", "RSA");
        } else {
            fields.put("sign", Signatures.md5(fields, merchant.key()));
            fields.put("sign_type", "MD5");
        }
        return fields;
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
                if (done) {
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

    /** One time; whether the merchant acknowledged: the word anywhere, whatever the status. */
    boolean once(PlatformOrder order) throws InterruptedException {
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
            return answer.body().toLowerCase(Locale.ROOT).contains("success");
        } catch (IOException e) {
            return false;
        }
    }
}
