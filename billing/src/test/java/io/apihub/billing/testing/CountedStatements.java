package io.apihub.billing.testing;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Counts the statements of requests, if {@link #PROPERTY} is set before billing starts. What
 * billing does by itself meanwhile runs in other threads and is not counted.
 */
@Component
@ConditionalOnProperty(CountedStatements.PROPERTY)
public final class CountedStatements implements BeanPostProcessor {

    public static final String PROPERTY = "apihub.test.statements";
    private static final String REQUESTS = "tomcat-handler";
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Statements of requests since the last call. */
    public static int taken() {
        return COUNT.getAndSet(0);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof HikariDataSource pool ? new Counting(pool) : bean;
    }

    /** The same pool; only its connections are watched. */
    private static final class Counting extends HikariDataSource {
        private final HikariDataSource pool;

        Counting(HikariDataSource pool) {
            this.pool = pool;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return (Connection) proxy(pool.getConnection(), Connection.class);
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    private static Object proxy(Object target, Class<?> type) {
        InvocationHandler handler =
                (self, method, arguments) -> {
                    if (method.getName().startsWith("execute")
                            && Thread.currentThread().getName().startsWith(REQUESTS)) {
                        COUNT.incrementAndGet();
                    }
                    try {
                        var result = method.invoke(target, arguments);
                        return method.getName().equals("unwrap") ? result : watched(result);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                };
        return Proxy.newProxyInstance(
                CountedStatements.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object watched(Object result) {
        return switch (result) {
            case CallableStatement call -> proxy(call, CallableStatement.class);
            case PreparedStatement prepared -> proxy(prepared, PreparedStatement.class);
            case Statement statement -> proxy(statement, Statement.class);
            case null, default -> result;
        };
    }
}
