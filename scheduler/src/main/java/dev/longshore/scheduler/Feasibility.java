package dev.longshore.scheduler;

import dev.longshore.client.Informers;
import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.devices.InformedDevices;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.InformedVolumes;
import dev.longshore.scheduler.volumes.VolumeFacts;
import java.util.List;
import java.util.Optional;

/// Whether a pod may run on a node, by the rules in use: what each decision asks, and all that those need who only
/// imagine decisions. Thread-safe; never blocks.
public final class Feasibility {

    private final List<PreFilter> preFilters;
    private final List<Filter> filters;

    private Feasibility(Profiles profiles) {
        this.preFilters = profiles.preFilters();
        this.filters = profiles.filters();
    }

    /// By the rules of `default-scheduler`, for a cluster without volumes.
    public static Feasibility standard() {
        return new Feasibility(Profiles.standard(VolumeFacts.NONE, DeviceFacts.NONE));
    }

    /// By the rules of `default-scheduler`, with the volumes that `informers` know.
    public static Feasibility standard(Informers informers) {
        return new Feasibility(Profiles.standard(new InformedVolumes(informers), new InformedDevices(informers)));
    }

    /// What the first rule says that rejects `node`, or the pod wherever it be; or that `pod` fits.
    ///
    /// @param cluster all nodes with their pods, `node` among them
    public Verdict verdict(PodView pod, NodeView node, Snapshot cluster) {
        for (PreFilter rule : preFilters) {
            Optional<String> refusal = rule.refusal(pod, cluster);
            if (refusal.isPresent()) {
                return Verdict.rejected(refusal.get());
            }
        }
        for (Filter filter : filters) {
            Verdict verdict = filter.filter(pod, node, cluster);
            if (verdict instanceof Verdict.Rejected) {
                return verdict;
            }
        }
        return Verdict.FITS;
    }
}
