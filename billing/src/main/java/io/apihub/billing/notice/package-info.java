/**
 * What tenants are told of: found or reported once each ({@link
 * io.apihub.billing.notice.Notifier}), told by mail and by signed webhooks.
 */
@NullMarked
package io.apihub.billing.notice;

import org.jspecify.annotations.NullMarked;
