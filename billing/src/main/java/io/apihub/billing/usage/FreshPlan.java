package io.apihub.billing.usage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.SqlProvider;

/**
 * A query that Postgres plans anew each time, for the tenant and the span that it is about. Asked
 * for the sixth time on a connection it would else take one plan for all: without knowing how much
 * a tenant has, that is one for little, and takes three times as long for a month of much.
 */
final class FreshPlan implements PreparedStatementCreator, SqlProvider {

    private final String sql;
    private final @Nullable Object[] parameters;

    FreshPlan(String sql, @Nullable Object... parameters) {
        this.sql = sql;
        this.parameters = parameters.clone();
    }

    /**
     * The same as a part of another query.
     *
     * @param whole with {@code %s} in its place
     * @param before the parameters of what stands before it
     */
    FreshPlan within(String whole, @Nullable Object... before) {
        var all = Arrays.copyOf(before, before.length + parameters.length);
        System.arraycopy(parameters, 0, all, before.length, parameters.length);
        return new FreshPlan(whole.formatted(sql), all);
    }

    @Override
    public PreparedStatement createPreparedStatement(Connection connection) throws SQLException {
        var statement = connection.prepareStatement(sql);
        try {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            new ArgumentPreparedStatementSetter(parameters).setValues(statement);
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
        return statement;
    }

    @Override
    public String getSql() {
        return sql;
    }
}
