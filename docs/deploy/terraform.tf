# An appliance with three networks, by Terraform and the provider hashicorp/vsphere.
# Passwords are in Terraform's state: keep that where only its owner reads it.
#
#   appliance-net ovf check appliance-net-0.1.0.ova --properties appliance.json   # the same values, checked before
#   terraform apply

terraform {
  required_providers {
    vsphere = {
      source = "hashicorp/vsphere"
    }
  }
}

variable "ova" {
  type    = string
  default = "appliance-net-0.1.0.ova"
}

variable "datacenter" { type = string }
variable "cluster" { type = string }
variable "host" { type = string }
variable "datastore" { type = string }

# The port groups.
variable "management" { type = string }
variable "workload" { type = string }
variable "frontend" { type = string }

variable "root_password" {
  type      = string
  sensitive = true
}

variable "api_password" {
  type      = string
  sensitive = true
}

data "vsphere_datacenter" "here" {
  name = var.datacenter
}

data "vsphere_compute_cluster" "here" {
  name          = var.cluster
  datacenter_id = data.vsphere_datacenter.here.id
}

data "vsphere_host" "here" {
  name          = var.host
  datacenter_id = data.vsphere_datacenter.here.id
}

data "vsphere_datastore" "here" {
  name          = var.datastore
  datacenter_id = data.vsphere_datacenter.here.id
}

data "vsphere_network" "port_group" {
  for_each = {
    Management = var.management
    Workload   = var.workload
    Frontend   = var.frontend
  }
  name          = each.value
  datacenter_id = data.vsphere_datacenter.here.id
}

data "vsphere_ovf_vm_template" "appliance" {
  name              = "lb-1"
  local_ovf_path    = var.ova
  deployment_option = "frontend"
  disk_provisioning = "thin"
  resource_pool_id  = data.vsphere_compute_cluster.here.resource_pool_id
  host_system_id    = data.vsphere_host.here.id
  datastore_id      = data.vsphere_datastore.here.id

  ovf_network_map = {
    "Management" = data.vsphere_network.port_group["Management"].id
    "Workload"   = data.vsphere_network.port_group["Workload"].id
    "Frontend"   = data.vsphere_network.port_group["Frontend"].id
  }
}

resource "vsphere_virtual_machine" "appliance" {
  name             = data.vsphere_ovf_vm_template.appliance.name
  datacenter_id    = data.vsphere_datacenter.here.id
  resource_pool_id = data.vsphere_ovf_vm_template.appliance.resource_pool_id
  host_system_id   = data.vsphere_ovf_vm_template.appliance.host_system_id
  datastore_id     = data.vsphere_ovf_vm_template.appliance.datastore_id
  num_cpus         = data.vsphere_ovf_vm_template.appliance.num_cpus
  memory           = data.vsphere_ovf_vm_template.appliance.memory
  guest_id         = data.vsphere_ovf_vm_template.appliance.guest_id
  scsi_type        = data.vsphere_ovf_vm_template.appliance.scsi_type

  # In the order of the descriptor: first boot takes the first adapter for management.
  dynamic "network_interface" {
    for_each = ["Management", "Workload", "Frontend"]
    content {
      network_id = data.vsphere_network.port_group[network_interface.value].id
    }
  }

  # Ready when first boot is done, not when an address is there.
  wait_for_guest_net_timeout = 0

  ovf_deploy {
    local_ovf_path    = data.vsphere_ovf_vm_template.appliance.local_ovf_path
    deployment_option = data.vsphere_ovf_vm_template.appliance.deployment_option
    disk_provisioning = data.vsphere_ovf_vm_template.appliance.disk_provisioning
    ovf_network_map   = data.vsphere_ovf_vm_template.appliance.ovf_network_map
  }

  vapp {
    properties = {
      "appliance.root_pwd"           = var.root_password
      "network.hostname"             = "lb-1.example.com"
      "network.nameservers"          = "10.13.10.2"
      "network.management_ip"        = "10.13.10.199/24"
      "network.management_gateway"   = "10.13.10.1"
      "network.workload_ip"          = "10.13.201.10/24"
      "network.workload_gateway"     = "10.13.201.1"
      "network.frontend_ip"          = "10.13.200.10/24"
      "network.frontend_gateway"     = "10.13.200.1"
      "loadbalance.service_ip_range" = "10.13.200.32/27"
      "loadbalance.haproxy_user"     = "wcp"
      "loadbalance.haproxy_pwd"      = var.api_password
    }
  }
}
