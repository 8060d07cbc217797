package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keys change by the clock, and no token is refused for it before it expires. */
class SigningKeysTest {

    private static final Duration PERIOD = Duration.ofDays(30);
    private static final Instant BEGINNING = Instant.EPOCH.plus(PERIOD.multipliedBy(700));
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Settings settings = TestSettings.unreachable();
    private Instant now = BEGINNING.plus(Duration.ofDays(10));
    private final InstantSource clock = () -> now;

    private SigningKeys keys() {
        return new SigningKeys(settings, clock);
    }

    private static JwtFormat format(SigningKeys keys, InstantSource clock) {
        return new JwtFormat(keys, clock, "test+jwt", "test");
    }

    @Test
    void twoProcessesWithTheSameFileHaveTheSameKeysAndNeedNotTalk() {
        var token = format(keys(), clock).mint("somebody", Map.of(), LONGEST);

        assertThat(format(keys(), clock).verify(token)).isPresent();
        assertThat(keys().published()).isEqualTo(keys().published());
    }

    @Test
    void aNewKeySignsEveryPeriod() {
        var keys = keys();
        var first = keys.current().id();
        now = now.plus(PERIOD);

        assertThat(keys.current().id()).isNotEqualTo(first);
        assertThat(keys.find(first)).as("its last token has expired long ago").isEmpty();
        assertThat(keys.published()).hasSize(1);
    }

    @Test
    void theLastTokenOfAKeyIsBelievedUntilItExpires() {
        var keys = keys();
        now = BEGINNING.plus(PERIOD).minusSeconds(1);
        var last = format(keys, clock).mint("somebody", Map.of(), LONGEST);

        for (var later : List.of(Duration.ZERO, Duration.ofHours(5), LONGEST.minusSeconds(2))) {
            now = BEGINNING.plus(PERIOD).plus(later);
            assertThat(format(keys, clock).verify(last)).as("%s later", later).isPresent();
            assertThat(keys.published()).hasSize(2);
        }
        now = BEGINNING.plus(PERIOD).plus(Duration.ofHours(25));
        assertThat(format(keys, clock).verify(last)).isEmpty();
        assertThat(keys.published()).hasSize(1);
    }

    @Test
    void theNextKeyIsPublishedADayBeforeItSigns() {
        var keys = keys();
        now = BEGINNING.plus(PERIOD).minus(Duration.ofHours(24));
        var published = keys.published().stream().map(SigningKey::id).toList();
        now = BEGINNING.plus(PERIOD);

        assertThat(published).hasSize(2).contains(keys.current().id());
    }

    @Test
    void aProcessWhoseClockIsBehindIsBelievedAndBelieves() {
        now = BEGINNING.plus(PERIOD).plusSeconds(5);
        var ahead = format(keys(), clock).mint("somebody", Map.of(), LONGEST);
        now = BEGINNING.plus(PERIOD).minusSeconds(5);
        var behind = format(keys(), clock).mint("somebody", Map.of(), LONGEST);

        assertThat(format(keys(), clock).verify(ahead)).isPresent();
        now = BEGINNING.plus(PERIOD).plusSeconds(5);
        assertThat(format(keys(), clock).verify(behind)).isPresent();
    }

    @Test
    void aReplacedFileMayKeepTheOldOneBelieved() throws IOException {
        var token = format(keys(), clock).mint("somebody", Map.of(), LONGEST);
        var old = Files.readString(settings.jwtKeyFile());
        Files.delete(settings.jwtKeyFile());
        keys();
        var fresh = Files.readString(settings.jwtKeyFile());

        assertThat(format(keys(), clock).verify(token)).as("replaced only").isEmpty();
        Files.writeString(settings.jwtKeyFile(), "{\"keys\": [" + fresh + "," + old + "]}");
        assertThat(format(keys(), clock).verify(token)).as("both").isPresent();
        var signed = format(keys(), clock).mint("somebody", Map.of(), LONGEST);
        Files.writeString(settings.jwtKeyFile(), fresh);
        assertThat(format(keys(), clock).verify(signed)).as("the first one signs").isPresent();
    }

    @Test
    void noTokenIsMintedThatOutlivesItsKey() {
        var format = format(keys(), clock);
        var tooLong = Duration.ofHours(25);

        assertThatThrownBy(() -> format.mint("somebody", Map.of(), tooLong))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Whoever changes the derivation logs every program out: the value is fixed here. */
    @Test
    void theDerivationIsFixed() {
        var secret = HexFormat.of().parseHex("00".repeat(32));

        assertThat(SigningKey.derive(secret, 0).id())
                .isEqualTo(SigningKey.derive(secret, 0).id())
                .isEqualTo("mtrbqUKYMvMnmaZdlDTQ4_JVld99qZjAOI1yqUSkek4");
        assertThat(SigningKey.derive(secret, 1).id())
                .isNotEqualTo(SigningKey.derive(secret, 0).id());
    }
}
