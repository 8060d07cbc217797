package io.apihub.dev.epay;

/** What real platforms do to their merchants. All are off at first. */
public enum Trap {
    /** Nobody is told of a payment. */
    LOSE_NOTIFY,
    /** Each payment is told five times at once. */
    REPEAT_NOTIFY,
    /** Payments are told by POST instead of GET. */
    POST_NOTIFY,
    /** Amounts are told as "10.50", where others tell "10.5". */
    PLAIN_MONEY,
    /** Name and parameter are told as HTML would have them. */
    ESCAPED_TEXTS,
    /** A notice has a field that nobody signed, as from a notify URL with a query. */
    STRAY_FIELD,
    /** Notices of version 2 are signed as those of version 1 are. */
    MD5_ANYWAY,
    /** Notices of version 2 are dated three days ago. */
    OLD_TIMESTAMP,
    /** Notices of version 2 are dated an hour ahead. */
    FUTURE_TIMESTAMP,
    /** Only status 200 with the one word is taken for a yes. */
    EXACT_ACKNOWLEDGEMENT,
    /** What was not acknowledged is not told again: nobody runs the cron. */
    NEVER_AGAIN,
    /** After five notices in a row that nobody acknowledged the merchant may sell no more. */
    CLOSES_MERCHANT,
    /** The payer pays less than was asked for. */
    PAY_LESS,
    /** A merchant's number that is known makes another order. */
    TEN_DAYS_LATER,
    /** What nobody paid is gone, as after a day. */
    UNPAID_DELETED,
    /** What is paid is frozen. */
    FROZEN,
    /** Each click on "pay" is a payment of its own, with its own trade number. */
    PAY_TWICE,
    /** An HTML page where JSON was asked for. */
    HTML_ANSWERS,
    /** The same for who asks for one order; lists are told. */
    ORDERS_UNTOLD,
    /** No answer at all: the connection is closed. */
    DOWN,
    /** An answer begins and never ends, until the platform does. */
    STALLED_ANSWERS,
    /** Nobody knows the merchant, for a while. */
    MERCHANT_UNKNOWN,
    /** status is 1, but trade_status says that the payer is awaited. */
    WAITING_IS_PAID,
    /** Lists of orders have no more than three a page, however many are asked for. */
    SHORT_PAGES,
    /** Lists of paid orders have those that are not. */
    STATUS_IGNORED,
    /** Refunds are done, and answered with code 1 instead of 0. */
    REFUND_CODE_ONE,
    /** Refunds are done, and answered with an HTML page. */
    REFUND_SILENT,
    /** Version 1 tells how much of an order was given back; not all of its servers do. */
    REFUND_AMOUNT_TOLD,
    /** Refunds are refused. */
    REFUND_REFUSED,
    /** Refunds are answered with "done", and not done. */
    REFUND_FORGOTTEN,
    /** Replies of version 2 are signed with a wrong key. */
    FORGED_REPLIES
}
