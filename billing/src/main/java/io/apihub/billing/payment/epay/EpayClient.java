package io.apihub.billing.payment.epay;

import java.net.URI;

/**
 * Speaks to one account at a payment platform. Every call has a deadline; none is repeated here.
 * Questions may be repeated at any time.
 */
public sealed interface EpayClient permits EpayV1, EpayV2 {

    /** Which of an order's two numbers it is asked by. */
    record Ref(String field, String number) {

        public static Ref trade(String tradeNo) {
            return new Ref("trade_no", tradeNo);
        }

        public static Ref ours(String outTradeNo) {
            return new Ref("out_trade_no", outTradeNo);
        }
    }

    /** The page that a browser goes to; of version 2, good for five minutes. */
    URI page(Charge charge);

    /**
     * Makes an order without a page. A repeat within ten days finds the same order.
     *
     * @param payerAddress the customer's IP address
     */
    Told<PayCode> create(Charge charge, String payerAddress);

    Told<PlatformOrder> query(Ref order);

    /**
     * Orders that are paid, newest first. The list ends with a page that brings nothing new.
     *
     * @param pages how many were read before
     * @param rows how many rows they had
     */
    Told<Told.Page> paid(int pages, int rows);

    /** Gives money back. What it answers is no proof of anything: ask {@link #refunded}. */
    Told<String> refund(Ref order, GiveBack back);

    /** Whether the money was given back, as the platform has it. */
    Told<GiveBack.Standing> refunded(Ref order, GiveBack back);

    /** Whether a refund that is asked for twice is done once, by its number. */
    boolean knowsRefundsByNumber();

    /** How many orders of a page are asked for; it may have fewer. */
    int PAGE = 50;
}
