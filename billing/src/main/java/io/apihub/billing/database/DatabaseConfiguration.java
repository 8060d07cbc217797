package io.apihub.billing.database;

import com.zaxxer.hikari.HikariDataSource;
import io.apihub.billing.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The pool. It opens nothing until it is asked, so that billing starts without Postgres. */
@Configuration(proxyBeanMethods = false)
public class DatabaseConfiguration {

    private static final int POOL_SIZE = 12;

    /** A gateway gives up on a grant after 800 ms; what waits longer than this helps nobody. */
    private static final long CONNECT_MILLIS = 2_000;

    /**
     * How long a statement may wait and work, and how much memory one sort or table of sums may
     * take: with Postgres's 4 MB a month by day, model and key is sorted on disk. Nothing runs long
     * enough for a plan's machine code to be worth the second that it takes for 30 partitions.
     */
    public static final String SESSION =
            "-c lock_timeout=5s -c statement_timeout=20s -c TimeZone=UTC -c work_mem=16MB"
                    + " -c jit=off";

    @Bean
    HikariDataSource dataSource(Settings settings) {
        var database = settings.database();
        var pool = new HikariDataSource();
        pool.setPoolName("billing");
        pool.setJdbcUrl(database.jdbcUrl());
        pool.setUsername(database.service().user());
        pool.setPassword(database.service().password());
        pool.setMaximumPoolSize(POOL_SIZE);
        pool.setMinimumIdle(2);
        pool.setConnectionTimeout(CONNECT_MILLIS);
        pool.setInitializationFailTimeout(-1);
        pool.addDataSourceProperty("ApplicationName", "apihub-billing");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("socketTimeout", "30");
        pool.addDataSourceProperty("loginTimeout", "5");
        pool.addDataSourceProperty("options", SESSION);
        return pool;
    }

    @Bean
    TransactionTemplate transactions(PlatformTransactionManager manager) {
        return new TransactionTemplate(manager);
    }
}
