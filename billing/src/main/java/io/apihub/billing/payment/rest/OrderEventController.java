package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Seat;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.EventStreams;
import io.apihub.billing.events.StreamTerms;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An order's state as it changes. */
@RestController
@Tag(name = "Payments")
class OrderEventController {

    private static final int QUEUE = 16;

    private final TenantLookup tenants;
    private final Orders orders;
    private final EventStreams streams;
    private final OrderWatch watch;

    OrderEventController(
            TenantLookup tenants, Orders orders, EventStreams streams, OrderWatch watch) {
        this.tenants = tenants;
        this.orders = orders;
        this.streams = streams;
        this.watch = watch;
    }

    @Operation(
            summary = "An order's state as it changes, as server-sent events",
            description = "'order' has the state of now, and then each new one.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "The stream; comments are heartbeats",
                            content =
                                    @Content(
                                            mediaType = "text/event-stream",
                                            schema = @Schema(type = "string"))))
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/orders/{order}/events")
    void events(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID order,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        var id = tenants.find(tenant).id();
        var found =
                orders.find(order)
                        .filter(one -> one.tenant().equals(id))
                        .orElseThrow(() ->
                                new Refused(Problem.notFound("The tenant has no such order.")));
        var own = new AtomicReference<@Nullable EventStream>();
        var stream =
                streams.open(
                        request,
                        response,
                        new StreamTerms(
                                caller.name() + "/orders/" + id,
                                QUEUE,
                                new Seat(caller, id),
                                () -> {
                                    var ended = own.get();
                                    if (ended != null) {
                                        watch.leave(ended);
                                    }
                                }));
        own.set(stream);
        watch.follow(stream, order, found.state());
    }
}
