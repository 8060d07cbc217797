package io.apihub.extauthz.request;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The edits that make an upstream's request of a client's. */
public final class Splices {

    private Splices() {}

    /**
     * Collects the edits of one request.
     *
     * @param upstreamModel the name to send upstream
     * @param askForUsage whether the upstream must be asked for a stream's usage
     * @param clamped edits that lower its maximum of output tokens
     * @return ascending, without overlap; empty for most requests
     */
    public static List<Edit> of(
            Inspection.Request request,
            String upstreamModel,
            boolean askForUsage,
            List<Edit> clamped) {
        var usage = askForUsage ? request.askForUsage() : null;
        var place = request.modelPlace();
        boolean rename = place != null && !request.model().equals(upstreamModel);
        if (usage == null && !rename && clamped.isEmpty()) {
            return List.of();
        }
        var edits = new ArrayList<Edit>(2 + clamped.size());
        if (usage != null) {
            edits.add(usage);
        }
        edits.addAll(clamped);
        if (place != null && rename) {
            var name = place.json() ? quoted(upstreamModel) : upstreamModel;
            edits.add(new Edit(place.at(), place.length(), name));
        }
        edits.sort(Comparator.comparingInt(Edit::at));
        return List.copyOf(edits);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
