package io.apihub.model.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** UUIDs of version 7 as RFC 9562 defines them. */
class HoldIdTest {

    private final Random random = new Random(11);

    @Test
    void theExampleOfTheStandardIsRead() {
        // RFC 9562, appendix A.6: 2022-02-22 14:22:22.000 -05:00.
        var id = new HoldId(UUID.fromString("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));

        assertThat(id.instant()).isEqualTo(Instant.parse("2022-02-22T19:22:22Z"));
        assertThat(id.day()).isEqualTo(LocalDate.parse("2022-02-22"));
        assertThat(id).hasToString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    }

    @Test
    void aMintedIdHasVersionVariantAndTheClocksMillisecond() {
        var now = Instant.parse("2026-11-23T23:59:59.999999Z");
        for (int i = 0; i < 10_000; i++) {
            var id = HoldId.mint(InstantSource.fixed(now), random);

            assertThat(id.uuid().version()).isEqualTo(7);
            assertThat(id.uuid().variant()).isEqualTo(2);
            assertThat(id.instant()).isEqualTo(Instant.parse("2026-11-23T23:59:59.999Z"));
            assertThat(id.day()).isEqualTo(LocalDate.parse("2026-11-23"));
        }
    }

    @Test
    void allOther74BitsAreRandom() {
        var clock = InstantSource.fixed(Instant.EPOCH);
        long highOnes = 0;
        long lowOnes = 0;
        long highZeros = 0;
        long lowZeros = 0;
        for (int i = 0; i < 1000; i++) {
            var uuid = HoldId.mint(clock, random).uuid();
            highOnes |= uuid.getMostSignificantBits();
            lowOnes |= uuid.getLeastSignificantBits();
            highZeros |= ~uuid.getMostSignificantBits();
            lowZeros |= ~uuid.getLeastSignificantBits();
        }
        assertThat(highOnes & highZeros).isEqualTo(0x0fffL);
        assertThat(lowOnes & lowZeros).isEqualTo(0x3fff_ffff_ffff_ffffL);
    }

    @Test
    void laterIdsSortAfterEarlierOnesAsBytesToo() {
        var early = HoldId.mint(InstantSource.fixed(Instant.ofEpochMilli(1)), random);
        var late = HoldId.mint(InstantSource.fixed(Instant.ofEpochMilli(1L << 47)), random);

        assertThat(early).isLessThan(late);
        assertThat(early.toString()).isLessThan(late.toString());
        assertThat(java.util.Arrays.compareUnsigned(early.toBytes(), late.toBytes())).isNegative();
    }

    @Test
    void idsOfOneMillisecondDiffer() {
        var ids = new HashSet<HoldId>();
        for (int i = 0; i < 100_000; i++) {
            ids.add(HoldId.mint(InstantSource.fixed(Instant.EPOCH), random));
        }
        assertThat(ids).hasSize(100_000);
    }

    @Test
    void bytesAreMostSignificantFirstAndReadBack() {
        var id = new HoldId(UUID.fromString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));

        assertThat(id.toBytes()).startsWith(0x01, 0x7f, 0x22, 0xe2).hasSize(16);
        assertThat(HoldId.ofBytes(id.toBytes())).isEqualTo(id);
        assertThatIllegalArgumentException().isThrownBy(() -> HoldId.ofBytes(new byte[15]));
    }

    @Test
    void uuidsOfOtherVersionsAndVariantsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HoldId(UUID.randomUUID()));
        assertThatIllegalArgumentException().isThrownBy(() -> new HoldId(new UUID(0, 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new HoldId(UUID.fromString("017f22e2-79b0-7cc3-18c4-dc0c0c07398f")));
    }
}
