package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.usage.v1.UsageRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An export of more than is read at a time, of which many records began at the same moment. */
class ExportIT {

    private static final int RECORDS = 2_345;
    private static final int BATCH = 1_000;
    private static final Instant BEGIN = Instant.parse("2026-10-03T23:59:00Z");
    private static TestDatabase database;
    private static RunningBilling billing;
    private static final String PATH = "/api/v1/tenants/acme/usage/export";
    private static final String SPAN = "?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z";

    @BeforeAll
    static void muchUsage() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        long book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        var acme = database.registry().tenant("acme");
        var of = new Records(acme, UUID.randomUUID(), book).model("m");
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < RECORDS; i++) {
            // A hundred at once, and over midnight, where another partition begins.
            var hold = of.holdAt(BEGIN.plusSeconds(i / 100 * 5L), 0).setUnmetered(true).build();
            records.add(Records.measured(hold, 1, 1));
        }
        for (int i = 0; i < RECORDS; i += BATCH) {
            UsageFeed.report(billing, records.subList(i, Math.min(RECORDS, i + BATCH)));
        }
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void everyRecordIsThereOnceAndTheNewestFirst() {
        var lines = billing.get(PATH + SPAN).body().split("\r\n", -1);
        var ids = new ArrayList<String>();
        for (int i = 1; i <= RECORDS; i++) {
            ids.add(lines[i].substring(0, lines[i].indexOf(',')));
        }

        assertThat(lines).hasSize(1 + RECORDS + 1);
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).isSortedAccordingTo((one, other) -> other.compareTo(one));
    }

    /** Chunk by chunk, as it is read: nobody knows before how long it will be. */
    @Test
    void itIsSentWhileItIsRead() throws IOException {
        var port = billing.request("/").build().uri().getPort();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + PATH
                                            + SPAN
                                            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                                            + billing.token()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            var head = new StringBuilder();
            for (var line = answer.readLine();
                    line != null && !line.isEmpty();
                    line = answer.readLine()) {
                head.append(line).append('\n');
            }

            assertThat(head.toString())
                    .startsWith("HTTP/1.1 200")
                    .contains("Transfer-Encoding: chunked")
                    .doesNotContain("Content-Length");
        }
    }
}
