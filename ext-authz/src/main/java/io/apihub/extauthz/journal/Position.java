package io.apihub.extauthz.journal;

/**
 * A place between two frames.
 *
 * @param segment number of the segment
 * @param offset bytes from its beginning
 */
public record Position(long segment, int offset) implements Comparable<Position> {

    static final Position FIRST = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Integer.compare(offset, other.offset);
    }
}
