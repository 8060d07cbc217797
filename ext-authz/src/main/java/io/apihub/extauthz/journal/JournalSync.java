package io.apihub.extauthz.journal;

/** When what is written is brought to the disk. The death of the process never loses any of it. */
public enum JournalSync {
    /**
     * By {@link UsageJournal#maintain}, every 50 ms: a power cut may lose the holds of that time.
     */
    BEHIND,
    /** Before a hold is answered; settlements as in {@link #BEHIND}. */
    ALWAYS
}
