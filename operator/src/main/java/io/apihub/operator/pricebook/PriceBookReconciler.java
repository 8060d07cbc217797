package io.apihub.operator.pricebook;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.PriceBook;
import io.apihub.operator.registry.Outcome.Absent;
import io.apihub.operator.registry.Outcome.Accepted;
import io.apihub.operator.registry.Outcome.InForce;
import io.apihub.operator.registry.Outcome.Outdated;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.status.ConditionSet;
import io.apihub.operator.status.Observation;
import io.apihub.operator.status.Programming;
import io.apihub.operator.status.Readiness;
import io.apihub.operator.status.Statuses;
import io.apihub.operator.status.Statuses.Urgency;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.InstantSource;
import java.util.List;

/**
 * PriceBook → an accepted book, and conditions. No finalizer: an accepted book outlives its
 * resource.
 */
@ControllerConfiguration(name = "pricebook")
public final class PriceBookReconciler implements Reconciler<PriceBook> {

    private final Registry registry;
    private final Statuses statuses;
    private final Programming programming;
    private final String currency;
    private final InstantSource clock;
    private final SimpleInboundEventSource<PriceBook> again =
            new SimpleInboundEventSource<>("again");

    /** Makes the reconciler; {@code currency} is the installation's. */
    public PriceBookReconciler(
            Registry registry,
            Statuses statuses,
            Programming programming,
            String currency,
            InstantSource clock) {
        this.registry = registry;
        this.statuses = statuses;
        this.programming = programming;
        this.currency = currency;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, PriceBook>> prepareEventSources(
            EventSourceContext<PriceBook> context) {
        return List.of(again);
    }

    @Override
    public UpdateControl<PriceBook> reconcile(PriceBook book, Context<PriceBook> context) {
        if (!book.getSpec().currency().equals(currency)) {
            return refuse(
                    book,
                    "CurrencyMismatch",
                    "the book is in %s, this installation bills in %s"
                            .formatted(book.getSpec().currency(), currency));
        }
        try {
            return switch (registry.put(PriceBookRows.of(book))) {
                case Accepted row -> accepted(book, row);
                case Refused no ->
                        refuse(
                                book,
                                "EffectiveFromTaken",
                                "PriceBook %s was accepted for the same effectiveFrom; create a book with a later one"
                                        .formatted(no.by()));
                case InForce _, Outdated _, Absent _ -> UpdateControl.noUpdate();
            };
        } catch (IllegalArgumentException e) {
            return refuse(book, "InvalidSpec", String.valueOf(e.getMessage()));
        }
    }

    private UpdateControl<PriceBook> accepted(PriceBook book, Accepted row) {
        var metadata = book.getMetadata();
        var programmed =
                programming.of(
                        metadata.getUid(),
                        metadata.getGeneration(),
                        conditions(book),
                        new Programming.Row(row.revision(), row.changedAt()),
                        () -> lookAgain(metadata.getName()));
        var ready =
                Readiness.ready(
                        "accepted for good as version %d, in force from %s"
                                .formatted(row.version(), row.inForceFrom()));
        return write(book, ready, programmed);
    }

    private UpdateControl<PriceBook> refuse(PriceBook book, String reason, String message) {
        programming.forget(book.getMetadata().getUid());
        return write(book, Readiness.stalled(reason, message), Programming.nothingSent());
    }

    private UpdateControl<PriceBook> write(
            PriceBook book, Readiness readiness, Observation programmed) {
        long generation = book.getMetadata().getGeneration();
        var conditions =
                new ConditionSet(generation, conditions(book), clock.instant())
                        .ready(readiness)
                        .add(programmed)
                        .toList();
        statuses.write(
                book, new PriceBook.Status(generation, conditions), Urgency.of(false, programmed));
        return UpdateControl.noUpdate();
    }

    private List<Condition> conditions(PriceBook book) {
        var status = statuses.latest(book);
        return status == null ? List.of() : status.conditions();
    }

    private void lookAgain(String name) {
        if (again.isRunning()) {
            again.propagateEvent(new ResourceID(name));
        }
    }
}
