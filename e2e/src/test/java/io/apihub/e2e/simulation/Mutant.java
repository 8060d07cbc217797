package io.apihub.e2e.simulation;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Share;
import io.apihub.extauthz.credit.CreditTransport;
import io.apihub.extauthz.journal.BootId;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalStorage;
import io.apihub.extauthz.usage.LogEntry;
import io.apihub.extauthz.usage.UsageTransport;
import io.apihub.model.money.Credits;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Bugs that somebody could have written, each by giving the production classes one broken part. */
enum Mutant {
    ACCOUNT_FORGETS_LEASES(1, answers("lockAccounts", Mutant::unleased)),
    SHARE_FORGETS_LEASES(10, answers("lockShares", Mutant::unshared)),
    BUDGET_FORGETS_LEASES(2, answers("lockBudgets", Mutant::unbudgeted)),
    LEASES_ARE_NOT_SAVED(1, arguments("save", arguments -> new Object[] {arguments[0], List.of()})),
    POTS_ARE_NOT_SAVED(1, arguments("save", arguments -> new Object[] {List.of(), arguments[1]})),
    RESTART_KEEPS_THE_INCARNATION(
            59,
            new Parts() {
                @Override
                Incarnation incarnation(RandomGenerator random, int gateway) {
                    return new Incarnation(new UUID(7, gateway));
                }
            }),
    EVERY_MACHINE_IS_THE_SAME(
            3_069,
            new Parts() {
                @Override
                BootId boot(BootId boot) {
                    return new BootId(new UUID(1, 1));
                }
            }),
    FOUND_SAYS_TOO_LITTLE(
            7,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> Streams.forgetful(transport.open(answers));
                }
            }),
    PARKED_FOR_EVER(12, answers("parkedFor", _ -> List.of())),
    HOLD_IDS_REPEAT(
            1,
            new Parts() {
                @Override
                RandomGenerator holdIds(RandomGenerator random, int gateway) {
                    return () -> 5;
                }

                @Override
                long idMillis(long millis) {
                    return millis / 60_000 * 60_000;
                }
            }),
    HOLD_IS_TOO_SMALL(
            3,
            new Parts() {
                @Override
                Worst hold(Worst worst) {
                    return new Worst(worst.input(), Math.max(1, worst.output() / 2));
                }
            }),
    CLOSED_BEFORE_ALL_IS_ACKED(
            1,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> Streams.hasty(transport.open(answers));
                }
            }),
    CLOSING_IS_FORGOTTEN(
            1,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> Streams.neverClosing(transport.open(answers));
                }
            }),
    RECALLS_ARE_NOT_HEARD(
            7,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> transport.open(Streams.deaf(answers));
                }
            }),
    RECALLS_ARE_NOT_NOTED(18, arguments("recall", _ -> new Object[] {List.of()})),
    STRANGERS_ARE_IGNORED(
            1_666,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> Streams.silent(transport.open(answers));
                }
            }),
    ACKED_BEFORE_THE_COMMIT(
            31,
            new Parts() {
                @Override
                UsageTransport usage(UsageTransport transport) {
                    return answers -> Streams.optimist(transport, answers);
                }
            }),
    TIMELINE_IS_NOT_TOLD(
            10,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> transport.open(Streams.timeless(answers));
                }

                @Override
                UsageTransport usage(UsageTransport transport) {
                    return answers -> transport.open(Streams.timeless(answers));
                }
            }),
    GRANTS_THAT_MAY_BE_LOST(
            10,
            new Parts() {
                @Override
                BooleanSupplier granting(Bank bank) {
                    return () -> true;
                }
            }),
    DISK_IS_NEVER_FORCED(
            11,
            new Parts() {
                @Override
                JournalStorage storage(JournalStorage storage) {
                    return Disks.neverForced(storage);
                }
            }),
    DISK_HAS_ONLY_THE_LAST_FILE(
            1,
            new Parts() {
                @Override
                JournalStorage storage(JournalStorage storage) {
                    return Disks.onlyLast(storage);
                }
            }),
    RETURNS_ARE_ADDED_UP(
            7,
            new Parts() {
                @Override
                CreditTransport credit(CreditTransport transport) {
                    return answers -> Streams.adding(transport.open(answers));
                }
            }),
    SWEEP_IS_TOO_EARLY(
            6,
            new Parts() {
                @Override
                Duration longest(Duration longest) {
                    return Duration.ofSeconds(3);
                }
            }),
    SHADOW_IS_ENFORCED(
            12,
            new Parts() {
                @Override
                boolean isTold(Party.Cap cap) {
                    return cap.isDeclared();
                }

                @Override
                CreditStore store(CreditStore store) {
                    return answering(store, "limits", Mutant::enforced);
                }
            }),
    SHADOW_IS_NOT_FOLLOWED(15, answers("changes", Mutant::unshadowed)),
    CORRECTIONS_ARE_NOT_OBSERVED(
            107,
            arguments(
                    "lockBudgetsOfLeases",
                    arguments -> new Object[] {arguments[0], List.of(), arguments[2]})),
    LOWERED_AMOUNT_IS_IGNORED(441, stores(Stores::neverLowering)),
    EDITED_LIMIT_STARTS_ANEW(26, stores(Stores::forgettingSpent)),
    SHARE_FORGETS_ITS_LEVEL(348, stores(Stores::restarting)),
    WORDS_ARE_MISREAD(
            2,
            new Parts() {
                @Override
                LogEntry entry(LogEntry entry) {
                    return new LogEntry(entry.hold(), entry.exchange(), null, Map.of());
                }
            }),
    CLOCK_STANDS(
            4_313,
            new Parts() {
                @Override
                java.util.function.LongSupplier nanos(java.util.function.LongSupplier nanos) {
                    long begun = nanos.getAsLong();
                    return () -> begun + (nanos.getAsLong() - begun) / 10;
                }
            });

    private final long seed;

    @SuppressWarnings("ImmutableEnumChecker") // Each run makes its own parts of these.
    private final Parts parts;

    Mutant(long seed, Parts parts) {
        this.seed = seed;
        this.parts = parts;
    }

    /** A seed that catches it. */
    long seed() {
        return seed;
    }

    Parts parts() {
        return parts;
    }

    // ---- broken stores

    private static Parts answers(String method, UnaryOperator<Object> broken) {
        return new Parts() {
            @Override
            CreditStore store(CreditStore store) {
                return answering(store, method, broken);
            }
        };
    }

    private static Parts stores(UnaryOperator<CreditStore> broken) {
        return new Parts() {
            @Override
            CreditStore store(CreditStore store) {
                return broken.apply(store);
            }
        };
    }

    static CreditStore answering(CreditStore store, String method, UnaryOperator<Object> broken) {
        return proxy((called, arguments) -> {
            var answer = Bank.Calls.through(store, called, arguments);
            return called.getName().equals(method) && answer != null
                    ? broken.apply(answer)
                    : answer;
        });
    }

    private static Parts arguments(String method, UnaryOperator<@Nullable Object[]> broken) {
        return new Parts() {
            @Override
            CreditStore store(CreditStore store) {
                return proxy((called, arguments) ->
                        Bank.Calls.through(
                                store,
                                called,
                                called.getName().equals(method) && arguments != null
                                        ? broken.apply(arguments)
                                        : arguments));
            }
        };
    }

    /** As an interface, so that a store that learns more needs no change here. */
    private interface Call {
        @Nullable Object call(java.lang.reflect.Method method, @Nullable Object @Nullable [] with)
                throws Throwable;
    }

    private static CreditStore proxy(Call how) {
        return (CreditStore)
                Proxy.newProxyInstance(
                        CreditStore.class.getClassLoader(),
                        new Class<?>[] {CreditStore.class},
                        (_, method, arguments) -> how.call(method, arguments));
    }

    private static Object unleased(Object answer) {
        var accounts = new TreeMap<UUID, Account>();
        ((Map<?, ?>) answer)
                .forEach((tenant, row) -> {
                    var it = (Account) row;
                    accounts.put(
                            (UUID) tenant,
                            new Account(
                                    it.id(),
                                    it.tenantId(),
                                    it.balance(),
                                    Credits.ZERO,
                                    it.creditLimit()));
                });
        return accounts;
    }

    private static Object enforced(Object answer) {
        var limits = new HashMap<LimitName, Limit>();
        ((Map<?, ?>) answer)
                .forEach((name, limit) -> limits.put((LimitName) name, enforced((Limit) limit)));
        return limits;
    }

    private static Limit enforced(Limit it) {
        return new Limit(
                it.metric(),
                it.window(),
                it.amount(),
                it.zone(),
                it.perKey(),
                true,
                it.alertPercent(),
                it.revision());
    }

    private static Object unshadowed(Object answer) {
        var changes = (CreditStore.Changes) answer;
        return new CreditStore.Changes(changes.revision(), changes.homes(), List.of());
    }

    private static Object unshared(Object answer) {
        var shares = new ArrayList<Share>();
        for (var row : (List<?>) answer) {
            var it = (Share) row;
            var c = it.counts();
            shares.add(
                    new Share(
                            it.number(),
                            it.key(),
                            new Share.Counts(c.revision(), c.amount(), 0, 0, 0)));
        }
        return shares;
    }

    private static Object unbudgeted(Object answer) {
        var budgets = new ArrayList<Budget>();
        for (var row : (List<?>) answer) {
            var it = (Budget) row;
            var c = it.counts();
            budgets.add(
                    new Budget(
                            it.number(),
                            it.key(),
                            new Budget.Counts(
                                    c.revision(),
                                    c.amount(),
                                    c.spent(),
                                    0,
                                    c.overage(),
                                    c.observed(),
                                    c.corrected(),
                                    c.wouldHaveRefused()),
                            it.alarm()));
        }
        return budgets;
    }
}
