/**
 * Mail: written in the transaction that causes it ({@link io.apihub.billing.mail.Mails}), sent by
 * SMTP afterwards.
 */
@NullMarked
package io.apihub.billing.mail;

import org.jspecify.annotations.NullMarked;
