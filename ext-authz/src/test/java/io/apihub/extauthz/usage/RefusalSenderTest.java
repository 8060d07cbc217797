package io.apihub.extauthz.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.extauthz.refusal.Refused;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.RefusalsAck;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalSenderTest {

    private final List<ReportRequest> sent = new ArrayList<>();
    private final List<UsageTransport.Answers> streams = new ArrayList<>();
    private final RefusalSums sums = new RefusalSums(() -> Instant.EPOCH);
    private final RefusalSender sender =
            new RefusalSender(sums, this::open, Hello.getDefaultInstance(), () -> 0);

    private UsageTransport.Call open(UsageTransport.Answers answers) {
        streams.add(answers);
        return new UsageTransport.Call() {
            @Override
            public void send(ReportRequest request) {
                sent.add(request);
            }

            @Override
            public void cancel(String why) {
                answers.ended(new IllegalStateException(why));
            }

            @Override
            public void complete() {}
        };
    }

    private void count() {
        sums.count(new Refused(ByteString.EMPTY, 1, 2, 3, "m", "gemini", "rate_limited", "q/l"));
    }

    private static ReportResponse ack(long seq) {
        return ReportResponse.newBuilder()
                .setRefusalsAck(RefusalsAck.newBuilder().setSeq(seq))
                .build();
    }

    @Test
    void oneMessageAtATimeIsRepeatedUntilItIsAcknowledged() {
        sender.tick();
        assertThat(streams).as("nothing to say").isEmpty();
        count();
        sender.tick();
        count();
        sender.tick();
        assertThat(sent).hasSize(2);
        var first = sent.getLast().getRefusals();

        streams.getFirst().ended(new IllegalStateException("cut"));
        sender.tick();
        assertThat(sent.getLast().getRefusals()).isEqualTo(first);
        streams.getFirst().answered(ack(1));
        sender.tick();
        assertThat(sent).as("of an older stream").hasSize(4);

        streams.getLast().answered(ack(1));
        sender.tick();
        assertThat(sent.getLast().getRefusals().getSeq()).isEqualTo(2);
    }
}
