package io.apihub.e2e.simulation;

import io.apihub.extauthz.journal.JournalFile;
import io.apihub.extauthz.journal.JournalStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** Disks that break their promise. */
final class Disks {

    private Disks() {}

    static JournalStorage neverForced(JournalStorage storage) {
        return new Passing(storage) {
            @Override
            public JournalFile create(long number, int size) throws IOException {
                return forgetful(super.create(number, size));
            }

            @Override
            public JournalFile open(long number) throws IOException {
                return forgetful(super.open(number));
            }
        };
    }

    static JournalStorage onlyLast(JournalStorage storage) {
        return new Passing(storage) {
            @Override
            public SortedMap<Long, Long> list() throws IOException {
                var all = super.list();
                return all.size() < 2 ? all : new TreeMap<>(all.tailMap(all.lastKey()));
            }
        };
    }

    private static JournalFile forgetful(JournalFile file) {
        return new JournalFile() {
            @Override
            public ByteBuffer bytes() {
                return file.bytes();
            }

            @Override
            public void force(int from, int to) {}

            @Override
            public void close() {
                file.close();
            }
        };
    }

    private static class Passing implements JournalStorage {

        private final JournalStorage storage;

        Passing(JournalStorage storage) {
            this.storage = storage;
        }

        @Override
        public SortedMap<Long, Long> list() throws IOException {
            return storage.list();
        }

        @Override
        public JournalFile create(long number, int size) throws IOException {
            return storage.create(number, size);
        }

        @Override
        public JournalFile open(long number) throws IOException {
            return storage.open(number);
        }

        @Override
        public void delete(long number) throws IOException {
            storage.delete(number);
        }

        @Override
        public void close() throws IOException {
            storage.close();
        }
    }
}
