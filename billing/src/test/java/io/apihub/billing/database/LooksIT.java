package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** All that is looked for is one statement, and what it found is told for half a second. */
class LooksIT {

    private static final String NOTHING = "SELECT FROM generate_series(1, 0)";
    private static final String SOMETHING = "SELECT 1 UNION ALL SELECT 2";

    private final Asked asked = new Asked(new Bank().get(DataSource.class));
    private long nanos;
    private final Looks looks = new Looks(asked, () -> nanos);

    private static final class Asked extends JdbcTemplate {

        private int times;

        Asked(DataSource source) {
            super(source);
        }

        @Override
        public <T extends @Nullable Object> T queryForObject(String sql, RowMapper<T> mapper) {
            times++;
            return super.queryForObject(sql, mapper);
        }
    }

    @Test
    void oneStatementAnswersAllWhoAskWithinHalfASecond() {
        var nothing = looks.at(NOTHING);
        var something = looks.at(SOMETHING);

        assertThat(nothing.getAsBoolean()).isFalse();
        assertThat(something.getAsBoolean()).isTrue();
        nanos += Looks.FRESH_NANOS - 1;
        assertThat(something.getAsBoolean()).isTrue();
        assertThat(asked.times).isEqualTo(1);

        nanos++;
        assertThat(nothing.getAsBoolean()).isFalse();
        assertThat(something.getAsBoolean()).isTrue();
        assertThat(asked.times).isEqualTo(2);
    }

    @Test
    void whatCameSinceIsFoundAfterHalfASecond() {
        var bank = new Bank();
        bank.owner().execute("CREATE TABLE IF NOT EXISTS public.to_do (n int)");
        bank.owner().execute("GRANT SELECT ON public.to_do TO PUBLIC");
        bank.owner().update("DELETE FROM public.to_do");
        var look = looks.at("SELECT FROM public.to_do");
        assertThat(look.getAsBoolean()).isFalse();

        bank.owner().update("INSERT INTO public.to_do VALUES (1)");

        nanos += Looks.FRESH_NANOS;
        assertThat(look.getAsBoolean()).isTrue();
    }

    @Test
    void whoComesLaterNeedNotWait() {
        assertThat(looks.at(NOTHING).getAsBoolean()).isFalse();
        assertThat(looks.at(SOMETHING).getAsBoolean()).isTrue();
    }
}
