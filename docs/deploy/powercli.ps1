<#
.SYNOPSIS
    Deploys an appliance with three networks by PowerCLI.
.DESCRIPTION
    Check the same values before: appliance-net ovf check appliance-net-0.1.0.ova --properties appliance.json
    Passwords are asked for; they are neither in this file nor in the history.
#>
param(
    [string]$Ova = "appliance-net-0.1.0.ova",
    [string]$Name = "lb-1",
    [Parameter(Mandatory)][string]$Server,
    [Parameter(Mandatory)][string]$VMHost,
    [Parameter(Mandatory)][string]$Datastore,
    # The port groups.
    [Parameter(Mandatory)][string]$Management,
    [Parameter(Mandatory)][string]$Workload,
    [Parameter(Mandatory)][string]$Frontend
)
$ErrorActionPreference = "Stop"

Connect-VIServer -Server $Server | Out-Null
$root = Get-Credential -UserName "root" -Message "Root of the appliance"
$api = Get-Credential -UserName "wcp" -Message "User of the Data Plane API"

$ovfconfig = Get-OvfConfiguration -Ovf $Ova
$ovfconfig.DeploymentOption.Value = "frontend"
$ovfconfig.NetworkMapping.Management.Value = Get-VirtualNetwork -Name $Management
$ovfconfig.NetworkMapping.Workload.Value = Get-VirtualNetwork -Name $Workload
$ovfconfig.NetworkMapping.Frontend.Value = Get-VirtualNetwork -Name $Frontend

$ovfconfig.appliance.root_pwd.Value = $root.GetNetworkCredential().Password
$ovfconfig.network.hostname.Value = "lb-1.example.com"
$ovfconfig.network.nameservers.Value = "10.13.10.2"
$ovfconfig.network.management_ip.Value = "10.13.10.199/24"
$ovfconfig.network.management_gateway.Value = "10.13.10.1"
$ovfconfig.network.workload_ip.Value = "10.13.201.10/24"
$ovfconfig.network.workload_gateway.Value = "10.13.201.1"
$ovfconfig.network.frontend_ip.Value = "10.13.200.10/24"
$ovfconfig.network.frontend_gateway.Value = "10.13.200.1"
$ovfconfig.loadbalance.service_ip_range.Value = "10.13.200.32/27"
$ovfconfig.loadbalance.haproxy_user.Value = $api.UserName
$ovfconfig.loadbalance.haproxy_pwd.Value = $api.GetNetworkCredential().Password

$machine = Import-VApp -Source $Ova -OvfConfiguration $ovfconfig -Name $Name `
    -VMHost (Get-VMHost -Name $VMHost) -Datastore (Get-Datastore -Name $Datastore) -DiskStorageFormat Thin
Start-VM -VM $machine
