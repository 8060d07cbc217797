/** Members of tenants: who they are, how they come and go; users as administrators see them. */
@NullMarked
package io.apihub.billing.member;

import org.jspecify.annotations.NullMarked;
