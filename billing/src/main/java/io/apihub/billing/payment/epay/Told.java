package io.apihub.billing.payment.epay;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What a platform says when it is asked. */
public sealed interface Told<T> {

    /** It knows, and this is it. */
    record Yes<T>(T value) implements Told<T> {}

    /** It says in its own words that it does not, or will not. */
    record No<T>(int code, String message) implements Told<T> {

        /**
         * Whether there is no such order or refund: never paid, or deleted a day after it was made.
         * Only in the words for just that: a merchant that does not exist (-3) says nothing of its
         * orders.
         */
        public boolean isAbsent() {
            return code == Absence.CODE && Absence.WORDS.matcher(message).find();
        }
    }

    /** How platforms say that they know nothing of what they are asked about. */
    final class Absence {

        private static final int CODE = -1;
        private static final Pattern WORDS =
                Pattern.compile(
                        "(订单|退款|退款记录)(编?号)?不存在|\\b(order|trade|refund)( number| no\\.?| record)?"
                                + " (does not|doesn't|not) exist",
                        Pattern.CASE_INSENSITIVE);

        private Absence() {}
    }

    /** Nobody can tell: no answer, none that can be read, or one that it did not sign. */
    record Unknown<T>(String why) implements Told<T> {}

    /** Goes on with what it said yes to. */
    default <R> Told<R> then(Function<T, Told<R>> next) {
        return switch (this) {
            case Yes<T> yes -> next.apply(yes.value());
            case No<T> no -> new No<>(no.code(), no.message());
            case Unknown<T> unknown -> new Unknown<>(unknown.why());
        };
    }

    /** In words, for the record; without secrets. */
    default String words() {
        return switch (this) {
            case Yes<T> yes -> String.valueOf(yes.value());
            case No<T> no -> "no: " + no.code() + " " + no.message();
            case Unknown<T> unknown -> "unknown: " + unknown.why();
        };
    }

    /**
     * A page of a platform's orders, newest first.
     *
     * @param paid those that are
     * @param rows what each row is known by, also of those that are not paid or make no sense:
     *     platforms give other rows than they are asked for, and fewer
     */
    record Page(List<PlatformOrder> paid, List<String> rows) {
        public Page {
            paid = List.copyOf(paid);
            rows = List.copyOf(rows);
        }
    }
}
