// Imports an OVA into govmomi's simulation of a vCenter, as `govc import.ova -options` does, and prints what machine came of it:
//
//	vcenter OVA OPTIONS.json
//
// Other readers of the descriptor and of the options than our own: govmomi's are those of govc.
package main

import (
	"archive/tar"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/nfc"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/ovf"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// As of govc's package importx.
type options struct {
	Deployment         string
	DiskProvisioning   string
	IPAllocationPolicy string
	IPProtocol         string
	PropertyMapping    []types.KeyValue
	NetworkMapping     []struct{ Name, Network string }
	Name               *string
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Calls do with each member of the archive.
func members(path string, do func(name string, size int64, content io.Reader)) {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	for archive := tar.NewReader(file); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return
		}
		check(err)
		do(header.Name, header.Size, archive)
	}
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("vcenter: ")
	if len(os.Args) != 3 {
		log.Fatal("usage: vcenter OVA OPTIONS.json")
	}
	descriptor := ""
	members(os.Args[1], func(name string, size int64, content io.Reader) {
		if strings.HasSuffix(name, ".ovf") {
			text, err := io.ReadAll(content)
			check(err)
			descriptor = string(text)
		}
	})
	envelope, err := ovf.Unmarshal(strings.NewReader(descriptor))
	check(err)
	var wanted options
	file, err := os.Open(os.Args[2])
	check(err)
	decoder := json.NewDecoder(file)
	check(decoder.Decode(&wanted))

	known := map[string]bool{}
	for _, product := range envelope.VirtualSystem.Product {
		for _, property := range product.Property {
			if product.Class != nil {
				known[*product.Class+"."+property.Key] = true
			}
		}
	}
	for _, property := range wanted.PropertyMapping {
		if !known[property.Key] {
			log.Fatalf("the descriptor has no property %s", property.Key)
		}
	}

	ctx := context.Background()
	model := simulator.VPX()
	check(model.Create())
	defer model.Remove()
	model.Service.TLS = new(tls.Config)
	server := model.Service.NewServer()
	defer server.Close()
	client, err := govmomi.NewClient(ctx, server.URL, true)
	check(err)
	finder := find.NewFinder(client.Client)
	datacenter, err := finder.DefaultDatacenter(ctx)
	check(err)
	finder.SetDatacenter(datacenter)
	pool, err := finder.ResourcePool(ctx, "DC0_C0/Resources")
	check(err)
	datastore, err := finder.DefaultDatastore(ctx)
	check(err)
	folders, err := datacenter.Folders(ctx)
	check(err)

	name := "appliance"
	if wanted.Name != nil {
		name = *wanted.Name
	}
	parameters := types.OvfCreateImportSpecParams{
		DiskProvisioning:       wanted.DiskProvisioning,
		EntityName:             name,
		IpAllocationPolicy:     wanted.IPAllocationPolicy,
		IpProtocol:             wanted.IPProtocol,
		OvfManagerCommonParams: types.OvfManagerCommonParams{DeploymentOption: wanted.Deployment, Locale: "US"},
		PropertyMapping:        wanted.PropertyMapping,
	}
	for _, mapping := range wanted.NetworkMapping {
		network, err := finder.Network(ctx, mapping.Network)
		check(err)
		parameters.NetworkMapping = append(parameters.NetworkMapping,
			types.OvfNetworkMapping{Name: mapping.Name, Network: network.Reference()})
	}
	specification, err := ovf.NewManager(client.Client).CreateImportSpec(ctx, descriptor, pool, datastore, parameters)
	check(err)
	for _, fault := range append(specification.Error, specification.Warning...) {
		log.Fatalf("%#v: %s", fault.Fault, fault.LocalizedMessage)
	}
	lease, err := pool.ImportVApp(ctx, specification.ImportSpec, folders.VmFolder, nil)
	check(err)
	info, err := lease.Wait(ctx, specification.FileItem)
	check(err)
	updater := lease.StartUpdater(ctx, info)
	upload(ctx, lease, info)
	updater.Done()
	check(lease.Complete(ctx))

	var machine mo.VirtualMachine
	check(object.NewVirtualMachine(client.Client, info.Entity).Properties(ctx, info.Entity, []string{"config"}, &machine))
	show(machine.Config)
}

func upload(ctx context.Context, lease *nfc.Lease, info *nfc.LeaseInfo) {
	for _, item := range info.Items {
		members(os.Args[1], func(name string, size int64, content io.Reader) {
			if name == item.Path {
				check(lease.Upload(ctx, item, content, soap.Upload{ContentLength: size}))
				fmt.Printf("uploaded %s\n", map[bool]string{true: "whole", false: "of another size"}[size == item.Size])
			}
		})
	}
}

func network(card *types.VirtualEthernetCard) string {
	if backing, ok := card.Backing.(*types.VirtualEthernetCardNetworkBackingInfo); ok {
		return backing.DeviceName
	}
	return "a distributed port group"
}

func show(machine *types.VirtualMachineConfigInfo) {
	fmt.Printf("name %s\n", machine.Name)
	fmt.Printf("guest %s\nversion %s\n", machine.GuestId, machine.Version)
	fmt.Printf("processors %d\nmemory %d MB\n", machine.Hardware.NumCPU, machine.Hardware.MemoryMB)
	devices := object.VirtualDeviceList(machine.Hardware.Device)
	for _, device := range devices {
		switch device := device.(type) {
		case *types.VirtualDisk:
			fmt.Printf("disk %d GB on %s\n", device.CapacityInKB>>20, devices.Type(devices.FindByKey(device.ControllerKey)))
		case types.BaseVirtualEthernetCard:
			fmt.Printf("adapter %s on %s\n", strings.TrimPrefix(fmt.Sprintf("%T", device), "*types.Virtual"), network(device.GetVirtualEthernetCard()))
		}
	}
	for _, option := range machine.ExtraConfig {
		if value := option.GetOptionValue(); strings.Contains(value.Key, ".") {
			fmt.Printf("property %s\n", value.Key)
		}
	}
}
