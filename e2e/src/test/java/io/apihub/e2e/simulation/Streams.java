package io.apihub.e2e.simulation;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.extauthz.credit.CreditTransport;
import io.apihub.extauthz.usage.UsageTransport;
import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;

/** Streams that break their promise. */
final class Streams {

    private Streams() {}

    static CreditTransport.Stream hasty(CreditTransport.Stream stream) {
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                stream.send(message);
                for (var found : message.getHello().getFoundList()) {
                    if (!found.getIncarnation().equals(message.getHello().getIncarnation())) {
                        stream.send(closed(found.getIncarnation()));
                    }
                }
            }

            @Override
            public void complete() {
                stream.complete();
            }
        };
    }

    /** What billing asks back is not heard. */
    static CreditTransport.Answers deaf(CreditTransport.Answers answers) {
        return new CreditTransport.Answers() {
            @Override
            public void said(OpenResponse message) {
                if (!message.hasRecall()) {
                    answers.said(message);
                }
            }

            @Override
            public void ended(Throwable cause) {
                answers.ended(cause);
            }
        };
    }

    /** That a lease is not known is never said. */
    static CreditTransport.Stream silent(CreditTransport.Stream stream) {
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                if (!message.hasReturned() || message.getReturned().getTimeline() == 0) {
                    stream.send(message);
                }
            }

            @Override
            public void complete() {
                stream.complete();
            }
        };
    }

    /** That an incarnation is done is never said. */
    static CreditTransport.Stream neverClosing(CreditTransport.Stream stream) {
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                if (!message.hasClosed()) {
                    stream.send(message);
                }
            }

            @Override
            public void complete() {
                stream.complete();
            }
        };
    }

    /** Half of what is open is free, it says. */
    static CreditTransport.Stream forgetful(CreditTransport.Stream stream) {
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                var changed = message.toBuilder();
                if (message.hasFound()) {
                    changed.getFoundBuilder()
                            .getIncarnationsBuilderList()
                            .forEach(each ->
                                    each.getLeasesBuilderList()
                                            .forEach(lease -> lease.setOpen(lease.getOpen() / 2)));
                }
                stream.send(changed.build());
            }

            @Override
            public void complete() {
                stream.complete();
            }
        };
    }

    private static OpenRequest closed(ByteString incarnation) {
        return OpenRequest.newBuilder()
                .setClosed(Closed.newBuilder().setIncarnation(incarnation))
                .build();
    }

    static CreditTransport.Stream adding(CreditTransport.Stream stream) {
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                var changed = message.toBuilder();
                if (message.hasReturned()) {
                    changed.getReturnedBuilder()
                            .getLeasesBuilderList()
                            .forEach(each -> each.setReturnedTotal(2 * each.getReturnedTotal()));
                }
                stream.send(changed.build());
            }

            @Override
            public void complete() {
                stream.complete();
            }
        };
    }

    static CreditTransport.Answers timeless(CreditTransport.Answers answers) {
        return new CreditTransport.Answers() {
            @Override
            public void said(OpenResponse message) {
                var changed = message.toBuilder();
                if (message.hasWelcome()) {
                    changed.getWelcomeBuilder().clearTimeline();
                } else if (message.hasPong()) {
                    changed.getPongBuilder().clearTimeline();
                }
                answers.said(changed.build());
            }

            @Override
            public void ended(Throwable cause) {
                answers.ended(cause);
            }
        };
    }

    static UsageTransport.Answers timeless(UsageTransport.Answers answers) {
        return new UsageTransport.Answers() {
            @Override
            public void answered(ReportResponse message) {
                var changed = message.toBuilder();
                changed.getAckBuilder().clearTimeline();
                answers.answered(changed.build());
            }

            @Override
            public void ended(Throwable cause) {
                answers.ended(cause);
            }
        };
    }

    static UsageTransport.Call optimist(UsageTransport transport, UsageTransport.Answers answers) {
        var call = transport.open(answers);
        return new UsageTransport.Call() {
            @Override
            public void send(ReportRequest request) {
                call.send(request);
                if (request.hasBatch()) {
                    answers.answered(
                            ReportResponse.newBuilder()
                                    .setAck(Ack.newBuilder().setSeq(request.getBatch().getSeq()))
                                    .build());
                }
            }

            @Override
            public void cancel(String why) {
                call.cancel(why);
            }

            @Override
            public void complete() {
                call.complete();
            }
        };
    }
}
