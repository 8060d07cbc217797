package io.apihub.billing.insight;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Seat;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.EventStreams;
import io.apihub.billing.events.StreamTerms;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Usage and balance as they change. */
@RestController
@Tag(name = "Usage")
class EventController {

    /** Events that may wait; one has all records of a notice. */
    private static final int QUEUE = 64;

    private final TenantLookup tenants;
    private final EventStreams streams;
    private final TenantFeeds feeds;

    EventController(TenantLookup tenants, EventStreams streams, TenantFeeds feeds) {
        this.tenants = tenants;
        this.streams = streams;
        this.feeds = feeds;
    }

    @Operation(
            summary = "A tenant's usage and balance as they change, as server-sent events",
            description =
                    "'usage' has new and corrected records, 'balance' what the tenant has now,"
                            + " 'reset' says that something was missed: load anew. With"
                            + " Last-Event-ID what was missed in the last 15 minutes comes first,"
                            + " up to 200 records. A record may come twice; its 'id' tells.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "The stream; comments are heartbeats",
                            content =
                                    @Content(
                                            mediaType = "text/event-stream",
                                            schema = @Schema(type = "string"))))
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/events")
    void events(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "Id of the last event that was seen")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable String lastEventId,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        var id = tenants.find(tenant).id();
        var own = new AtomicReference<@Nullable EventStream>();
        var stream =
                streams.open(
                        request,
                        response,
                        new StreamTerms(
                                caller.name() + "/" + id,
                                QUEUE,
                                new Seat(caller, id),
                                () -> {
                                    var ended = own.get();
                                    if (ended != null) {
                                        feeds.leave(id, ended);
                                    }
                                }));
        own.set(stream);
        try {
            feeds.follow(id, stream, lastEventId);
        } catch (DataAccessException e) {
            // The answer has begun: the reader comes back by itself.
            stream.close();
        }
    }
}
