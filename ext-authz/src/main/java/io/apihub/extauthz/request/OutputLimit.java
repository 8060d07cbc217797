package io.apihub.extauthz.request;

import io.apihub.extauthz.request.Inspection.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a body says how many output tokens each answer may have, and how to make it fewer.
 *
 * @param places all that say it, under whichever name; empty if none does
 * @param absent what to insert if none does
 * @param thinking tokens that the limit must exceed; 0 = none are asked for
 */
public record OutputLimit(List<Place> places, Absent absent, long thinking) {

    public OutputLimit {
        places = List.copyOf(places);
    }

    /**
     * Where and how a limit is inserted.
     *
     * @param delete bytes that it replaces
     */
    public record Absent(int at, int delete, String before, String after) {}

    /** The edits that lower it; ascending, without overlap. */
    public List<Edit> lowerTo(long tokens) {
        if (places.isEmpty()) {
            var text = absent.before() + tokens + absent.after();
            return List.of(new Edit(absent.at(), absent.delete(), text));
        }
        var edits = new ArrayList<Edit>(places.size());
        for (var place : places) {
            edits.add(new Edit(place.at(), place.length(), String.valueOf(tokens)));
        }
        return edits;
    }
}
