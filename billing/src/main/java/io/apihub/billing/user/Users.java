package io.apihub.billing.user;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All users. */
public interface Users extends Repository<User, UUID> {

    Optional<User> findById(UUID id);

    Optional<User> findByEmailKey(String emailKey);

    boolean existsByEmailKey(String emailKey);

    boolean existsByAdministratorTrue();

    /** Until the end of the transaction nobody else makes a first administrator, or ends one. */
    @Query(
            value = "SELECT 1 FROM pg_advisory_xact_lock(hashtext('first-administrator'))",
            nativeQuery = true)
    int lockAdministrators();

    /** Whether a user may do what administrators may, as of now. */
    @Query(
            "SELECT count(u) > 0 FROM User u WHERE u.id = :id AND u.administrator = true"
                    + " AND u.state = io.apihub.billing.user.UserState.ACTIVE")
    boolean isAdministrator(UUID id);

    /** Saves; a second user with the same address fails at the flush. */
    User save(User user);

    User saveAndFlush(User user);

    void delete(User user);

    void flush();
}
