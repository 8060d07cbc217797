package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Databases of earlier versions are brought to this one. */
class MigrationIT {

    /** Low among the numbers, and late in coming. */
    private static final String LATE = "V42__announcements.sql";

    @Test
    void whatIsNewIsAppliedThoughItsNumberLiesBelowTheNewest(@TempDir Path earlier)
            throws IOException {
        var database = TestDatabase.empty();
        database.createRegistry();
        copyAllBut(LATE, earlier);
        var login = database.settings().migration();
        Flyway.configure()
                .dataSource(database.settings().jdbcUrl(), login.user(), login.password())
                .schemas("billing")
                .locations("filesystem:" + earlier)
                .loggers("slf4j")
                .load()
                .migrate();

        Migration.run(database.settings());

        var last =
                database.admin()
                        .queryForObject(
                                "SELECT script FROM billing.flyway_schema_history WHERE success"
                                        + " ORDER BY installed_rank DESC LIMIT 1",
                                String.class);
        assertThat(last).isEqualTo(LATE);
    }

    /** They lie in a folder or, once packaged, in a jar. */
    private static void copyAllBut(String left, Path to) throws IOException {
        var all =
                new PathMatchingResourcePatternResolver()
                        .getResources("classpath:db/billing/*.sql");
        assertThat(all).hasSizeGreaterThan(30);
        for (var one : all) {
            var name = Objects.requireNonNull(one.getFilename());
            if (!name.equals(left)) {
                Files.write(to.resolve(name), one.getContentAsByteArray());
            }
        }
    }
}
