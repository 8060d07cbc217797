package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where platforms send the payer's browser afterwards. It shows a page, and does nothing. */
@RestController
@Hidden
class ReturnController {

    private static final String PAGE =
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>APIHub</title>
            <p>Thank you. Your balance changes as soon as the payment is confirmed;
            you may close this page.</p>
            <p lang="zh">谢谢。付款确认后余额会自动更新，您可以关闭本页面。</p>
            <p><a href="/">APIHub</a></p></html>
            """;

    @Permit(Level.ANYONE)
    @GetMapping("/api/payment/return")
    ResponseEntity<String> page() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .header("Content-Security-Policy", "default-src 'none'")
                .header("Referrer-Policy", "no-referrer")
                .body(PAGE);
    }
}
