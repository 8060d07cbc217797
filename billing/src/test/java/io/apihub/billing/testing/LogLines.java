package io.apihub.billing.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a class writes into the log meanwhile. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final Logger OURS = (Logger) LoggerFactory.getLogger("io.apihub");

    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private volatile Runnable restore = () -> {};

    private LogLines(Logger logger) {
        this.logger = logger;
    }

    public static LogLines of(Class<?> type) {
        return of((Logger) LoggerFactory.getLogger(type));
    }

    /** What all classes write; of our own also what is written only in search of an error. */
    public static LogLines ofAll() {
        var lines = of((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
        var before = OURS.getLevel();
        lines.restore = () -> OURS.setLevel(before);
        OURS.setLevel(Level.DEBUG);
        return lines;
    }

    private static LogLines of(Logger logger) {
        var lines = new LogLines(logger);
        lines.start();
        lines.logger.addAppender(lines);
        return lines;
    }

    public List<String> texts() {
        return List.copyOf(texts);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var failure = event.getThrowableProxy();
        texts.add(
                event.getFormattedMessage()
                        + (failure == null ? "" : "\n" + ThrowableProxyUtil.asString(failure)));
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        restore.run();
    }
}
