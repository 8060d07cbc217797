package io.apihub.operator.registry;

import com.zaxxer.hikari.HikariDataSource;
import io.apihub.dev.postgres.LocalPostgres;
import io.apihub.operator.config.OperatorSettings;
import java.io.IOException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A migrated registry on a real Postgres; {@link #operator} connects with the operator's role. */
public final class RegistryHarness implements AutoCloseable {

    private final LocalPostgres postgres;
    private final HikariDataSource operator;

    public RegistryHarness() throws IOException, InterruptedException {
        postgres = LocalPostgres.temporary();
        RegistryDatabase.migrate(admin());
        operator = new HikariDataSource();
        operator.setDataSource(as("apihub_operator", "apihub_operator"));
        operator.setMaximumPoolSize(8);
    }

    public DataSource operator() {
        return operator;
    }

    public DataSource admin() {
        return as(postgres.adminUser(), postgres.adminPassword());
    }

    public DataSource billing() {
        return as("apihub_billing", "apihub_billing");
    }

    public String jdbcUrl() {
        return postgres.jdbcUrl();
    }

    /** How the schema is migrated. */
    public OperatorSettings.Database migration() {
        return new OperatorSettings.Database(
                postgres.jdbcUrl(), postgres.adminUser(), postgres.adminPassword());
    }

    /** The first column of the first row, as text. */
    public String one(String query) throws SQLException {
        try (var connection = admin().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Runs a statement as the administrator. */
    public void execute(String sql) throws SQLException {
        try (var connection = admin().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private DataSource as(String user, String password) {
        var source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl());
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    @Override
    public void close() throws IOException {
        operator.close();
        postgres.close();
    }
}
