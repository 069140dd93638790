package dev.longshore.scheduler;

import dev.longshore.scheduler.devices.DeviceFacts;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.plugins.DynamicResources;
import dev.longshore.scheduler.plugins.ImageLocality;
import dev.longshore.scheduler.plugins.InterPodAffinity;
import dev.longshore.scheduler.plugins.NodeAffinity;
import dev.longshore.scheduler.plugins.NodeDeclaredFeatures;
import dev.longshore.scheduler.plugins.NodeName;
import dev.longshore.scheduler.plugins.NodePorts;
import dev.longshore.scheduler.plugins.NodeResourcesBalancedAllocation;
import dev.longshore.scheduler.plugins.NodeResourcesFit;
import dev.longshore.scheduler.plugins.NodeUnschedulable;
import dev.longshore.scheduler.plugins.NodeVolumeLimits;
import dev.longshore.scheduler.plugins.PodTopologySpread;
import dev.longshore.scheduler.plugins.TaintToleration;
import dev.longshore.scheduler.plugins.VolumeBinding;
import dev.longshore.scheduler.plugins.VolumeRestrictions;
import dev.longshore.scheduler.plugins.VolumeZone;
import dev.longshore.scheduler.volumes.VolumeFacts;
import java.util.List;

/// The rules in use. Filters run in this order, cheap ones first.
record Profiles(List<PreFilter> preFilters, List<Filter> filters, List<Score> scores) {

    /// `default-scheduler`.
    ///
    /// @param facts of volumes
    /// @param devices of devices
    static Profiles standard(VolumeFacts facts, DeviceFacts devices) {
        var taints = new TaintToleration();
        var affinity = new NodeAffinity();
        var resources = new NodeResourcesFit(devices);
        var spread = new PodTopologySpread();
        var company = new InterPodAffinity();
        var restrictions = new VolumeRestrictions(facts);
        var volumes = new VolumeBinding(facts);
        var claims = new DynamicResources(devices);
        return new Profiles(
                List.of(restrictions, volumes, claims),
                List.of(
                        new NodeUnschedulable(),
                        new NodeName(),
                        taints,
                        affinity,
                        new NodePorts(),
                        resources,
                        restrictions,
                        new NodeVolumeLimits(facts),
                        volumes,
                        new VolumeZone(facts),
                        claims,
                        spread,
                        company,
                        new NodeDeclaredFeatures()),
                List.of(
                        taints,
                        affinity,
                        resources,
                        spread,
                        company,
                        claims,
                        new NodeResourcesBalancedAllocation(),
                        new ImageLocality()));
    }
}
