package dev.longshore.journeys;

import org.junit.platform.suite.api.ExcludeEngines;
import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeTags;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/// The journeys with real containers in the cluster that they share: one JVM's share of the run. They mostly wait, so
/// [HollowJourneys], [KubectlJourneys] and [OwnClusterJourneys] go on beside them in others.
@Suite
@SelectPackages("dev.longshore.journeys")
@IncludeClassNamePatterns(".*Test")
@IncludeTags(ContainerJourneys.TAG)
@ExcludeTags(OwnClusterJourneys.TAG)
@ExcludeEngines("junit-platform-suite")
final class ContainerJourneys {

    /// What every test has that makes containers or changes the host.
    static final String TAG = "containers";

    private ContainerJourneys() {}
}
