package io.apihub.billing.database;

import io.apihub.billing.settings.Settings;
import org.flywaydb.core.Flyway;

/** Brings the schema billing to the version of this program, as the role that owns it. */
public final class Migration {

    private Migration() {}

    /** Migrates; does nothing if the schema is up to date. Safe to repeat and to race. */
    public static void run(Settings.Database database) {
        Flyway.configure()
                .dataSource(
                        database.jdbcUrl(),
                        database.migration().user(),
                        database.migration().password())
                .schemas("billing")
                .locations("classpath:db/billing")
                .loggers("slf4j")
                // Each part numbers its own: what is new may lie below what another part has.
                .outOfOrder(true)
                .load()
                .migrate();
    }
}
