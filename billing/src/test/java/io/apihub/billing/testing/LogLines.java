package io.apihub.billing.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a class writes into the log meanwhile. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final Logger logger;

    private LogLines(Logger logger) {
        this.logger = logger;
    }

    public static LogLines of(Class<?> type) {
        var lines = new LogLines((Logger) LoggerFactory.getLogger(type));
        lines.start();
        lines.logger.addAppender(lines);
        return lines;
    }

    public List<String> texts() {
        return List.copyOf(texts);
    }

    @Override
    protected void append(ILoggingEvent event) {
        texts.add(event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
    }
}
