package io.apihub.dev.epay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a merchant reads of the simulated platform. */
class EpaySimulatorTest {

    private static final String KEY = "MERCHANTKEY000000000000000000001";
    private static final int ORDERS = 7;

    private final EpaySimulator platform =
            EpaySimulator.start(0, Merchant.of("1001", KEY), List.of());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        platform.close();
        http.close();
    }

    private String get(String pathAndQuery) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(platform.url() + pathAndQuery))
                        .timeout(Duration.ofSeconds(20))
                        .build();
        return http.send(request, BodyHandlers.ofString()).body();
    }

    /** An order of its number, paid. */
    private void sold(int number) throws IOException, InterruptedException {
        var fields = new LinkedHashMap<String, String>();
        fields.put("pid", "1001");
        fields.put("type", "alipay");
        fields.put("out_trade_no", "ORD-" + number);
        fields.put("notify_url", "http://127.0.0.1:1/notify");
        fields.put("return_url", "http://127.0.0.1:1/back");
        fields.put("name", "product");
        fields.put("money", "1.00");
        fields.put("sign", Signatures.md5(fields, KEY));
        fields.put("sign_type", "MD5");
        get("/submit.php?" + Teller.form(fields));
        platform.pay(platform.order("ORD-" + number).tradeNo());
    }

    private List<String> page(String page) throws IOException, InterruptedException {
        var query = Map.of("act", "orders", "pid", "1001", "key", KEY, "limit", "3", "page", page);
        var numbers = new ArrayList<String>();
        for (JsonNode row :
                new ObjectMapper().readTree(get("/api.php?" + Teller.form(query))).get("data")) {
            numbers.add(row.get("out_trade_no").asText());
        }
        return numbers;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.iterate(from, n -> n >= to, n -> n - 1).mapToObj(n -> "ORD-" + n).toList();
    }

    @Test
    void pagesOfOrdersLeaveNoneOutAndRepeatNone() throws Exception {
        for (int number = 1; number <= ORDERS; number++) {
            sold(number);
        }

        assertThat(page("1")).isEqualTo(numbers(7, 5));
        assertThat(page("2")).isEqualTo(numbers(4, 2));
        assertThat(page("3")).isEqualTo(numbers(1, 1));
        assertThat(page("4")).isEmpty();
        assertThat(page("999999")).isEmpty();
        assertThat(page("0")).as("as the first").isEqualTo(numbers(7, 5));
    }
}
