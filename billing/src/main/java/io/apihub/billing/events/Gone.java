package io.apihub.billing.events;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the request of a reader who is gone; else the container would have the error page written
 * into the stream.
 */
final class Gone implements AsyncListener {

    private static final Logger LOG = LoggerFactory.getLogger(Gone.class);

    @Override
    public void onError(AsyncEvent event) {
        complete(event);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        complete(event);
    }

    private static void complete(AsyncEvent event) {
        try {
            event.getAsyncContext().complete();
        } catch (IllegalStateException e) {
            LOG.debug("the stream's own thread was faster", e);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // The stream's own thread cleans up.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Nobody starts it twice.
    }
}
