package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldDraftTest {

    private static final ByteString INCARNATION = ByteString.copyFrom(new byte[16]);

    private final HoldId id = HoldId.mint(InstantSource.system(), new SplittableRandom(1));
    private final Hold.Builder hold =
            Hold.newBuilder()
                    .setHoldId(ByteString.copyFrom(id.toBytes()))
                    .setModel("gpt-5-ünïcode")
                    .setKeyId(-1)
                    .setAdmittedAtMillis(Long.MAX_VALUE);
    private final Claim nothing = new Claim(Amounts.NOTHING, 0);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, Long.MAX_VALUE, -1})
    void isTheSameMessageWithWhatItMayUse(long amount) {
        hold.setOutputTokens(amount).setCostMicros(amount);

        var written = HoldDraft.of(hold).written(INCARNATION, nothing);

        assertThat(written.message()).isEqualTo(hold.clone().setIncarnation(INCARNATION).build());
        assertThat(written.id()).isEqualTo(id);
        assertThat(written.incarnation()).isEqualTo(INCARNATION);
        assertThat(written.bytes())
                .as("its settlement has the room that is reserved for it")
                .hasSizeGreaterThanOrEqualTo(written.message().getSerializedSize());
    }

    @Test
    void aSmallerOneReplacesWhatItMightHaveUsed() {
        var draft = HoldDraft.of(hold.setOutputTokens(4_096).setCostMicros(9_000));

        draft.atMost(256, 600);

        var message = draft.written(INCARNATION, nothing).message();
        assertThat(message.getOutputTokens()).isEqualTo(256);
        assertThat(message.getCostMicros()).isEqualTo(600);
    }
}
